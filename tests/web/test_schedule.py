"""Planning: her own week, everybody's, the car; and who may touch which."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from icalendar import Calendar

from pwa import accounts, clock, counsellors, db, diary, hours, resources
from pwa.counsellors import Sex, Tongue
from pwa.hours import OFFICE, Stretch
from pwa.resources import Kind
from tests.factories import a_closed_visit, an_account

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
OWN, AGENDA, CARS, HOLIDAYS = "/konselor/jadwal", "/kantor/jadwal", "/kantor/sarana", "/kantor/libur"
MONDAY = date(2026, 11, 30)


def at(day: date, hour: int) -> datetime:
    return hours.at(day, hour * 60)


def comes_in(client, role: str, **parts):
    account = an_account(role=role, **parts)
    client.sign_in(account)
    db.session.commit()
    return account


@pytest.fixture
def counsellor(client):
    return comes_in(client, "konselor", name="Ratna Contoh")


@pytest.fixture
def manajer(client):
    return comes_in(client, "manajer")


@pytest.fixture(autouse=True)
def _a_friday():
    with time_machine.travel(datetime(2026, 11, 27, 9, tzinfo=clock.JAKARTA), tick=False):
        yield


def act(client, page: str, path: str, **typed):
    token = client.page(page).select_one("[name=csrf_token]")["value"]
    return client.post(path, data={"csrf_token": token, **typed}, headers=SAME_SITE)


def week_of(account) -> list[Stretch]:
    db.session.rollback()
    return list(hours.plans([account.id])[account.id])


def books(*who, day: date = MONDAY, hour: int = 9):
    visit = a_closed_visit()
    diary.book(visit, who, at(day, hour), at(day, hour + 1), buffer=timedelta(minutes=30))
    db.session.commit()
    return visit


def test_a_counsellor_plans_her_own_week(client, counsellor):
    typed = {
        "d0_0_from": "09:00", "d0_0_until": "12:00", "d0_1_from": "13.00", "d0_1_until": "15.30",
        "d5_0_from": "22:00", "d5_0_until": "00:00",
    }  # fmt: skip
    assert act(client, OWN, OWN, **typed).location == f"{OWN}?tersimpan=1"
    assert week_of(counsellor) == [Stretch(0, 540, 720), Stretch(0, 780, 930), Stretch(5, 1320, 1440)]
    page = client.page(OWN)
    assert page.select_one("[name=d0_1_until]")["value"] == "15:30"
    assert page.select_one("[name=d5_0_until]")["value"] == "00:00"
    act(client, OWN, OWN)
    assert week_of(counsellor)[0] == Stretch(0, 8 * 60, 16 * 60), "an empty week is the office's"


def test_hours_that_cannot_be_are_said_beside_them_and_stay_as_typed(client, counsellor):
    typed = {
        "d0_0_from": "12:00", "d0_0_until": "09:00", "d1_0_from": "09:00", "d2_0_from": "25:00", "d2_0_until": "12:00"
    }  # fmt: skip
    assert act(client, OWN, OWN, **typed).status_code == 303
    page = client.page(OWN)
    assert page.select_one("#d0_0_until-salah").get_text() == "This must be later than the beginning."
    assert page.select_one("#d1_0_until-salah").get_text() == "Give both times."
    assert page.select_one("#d2_0_from-salah").get_text() == "A time like 09:00."
    assert page.select_one("[name=d2_0_from]")["value"] == "25:00"
    assert week_of(counsellor)[0] == Stretch(0, 480, 960)


def test_leave_stands_in_her_week_until_it_is_taken_back(client, counsellor):
    act(client, OWN, f"{OWN}/khusus", kind="leave", first="2026-11-28", last="2026-11-30")
    page = client.page(OWN)
    assert [dd.get_text(strip=True) for dd in page.select(".days dd")][5:] == ["Away", "Away"]
    act(client, OWN, page.select_one(".history form")["action"])
    assert not client.page(OWN).select(".history li")


@pytest.mark.parametrize(
    ("typed", "where", "sentence"),
    [
        ({"kind": "leave"}, "first", "Choose a date."),
        ({"kind": "leave", "first": "besok"}, "first", "The date does not look right."),
        ({"kind": "leave", "first": "2026-12-02", "last": "2026-12-01"}, "last", "This must be later than the beginning."),
        ({"kind": "extra", "first": "2026-12-02"}, "start", "Give both times."),
        ({"kind": "leave", "first": "2026-12-02", "start": "09:00"}, "end", "Give both times."),
        ({"kind": "x", "first": "2026-12-02"}, "kind", "Choose an answer from the list."),
    ],
)  # fmt: skip
def test_a_time_away_that_makes_no_sense_is_not_noted(client, counsellor, typed, where, sentence):
    act(client, OWN, f"{OWN}/khusus", **typed)
    assert client.page(OWN).select_one(f"#{where}-salah").get_text() == sentence
    assert hours.exemptions([counsellor.id], at(MONDAY, 0), at(date(2027, 1, 1), 0)) == []


def test_nobody_takes_back_somebody_elses_leave(client, counsellor):
    other = an_account(role="konselor")
    away = hours.exempt(other.id, hours.Span.LEAVE, at(MONDAY, 9), at(MONDAY, 10))
    db.session.commit()
    act(client, OWN, f"{OWN}/khusus/{away.id}/penghapusan")
    db.session.rollback()
    assert [each.id for each in hours.exemptions([other.id], at(MONDAY, 0), at(MONDAY, 23))] == [away.id]


def test_a_counsellor_has_no_door_to_another_ones_plan(client, counsellor):
    other = an_account(role="konselor")
    for path in (f"{AGENDA}/{other.id}", f"{AGENDA}/{other.id}/diri", f"{AGENDA}/{OFFICE}", CARS, HOLIDAYS):
        assert client.get(path).status_code == 404
        assert client.post(path, headers=SAME_SITE).status_code == 404


def test_a_manajer_plans_anybodys_week_but_only_of_those_who_go(client, manajer):
    she, clerk = an_account(role="konselor", name="Ratna Contoh"), an_account(role="penerima")
    path = f"{AGENDA}/{she.id}"
    assert client.page(path).h1.get_text() == "Ratna Contoh"
    act(client, path, path, d1_0_from="10:00", d1_0_until="11:00")
    assert week_of(she) == [Stretch(1, 600, 660)]
    for nobody in (clerk.id, uuid4()):
        assert client.get(f"{AGENDA}/{nobody}").status_code == 404


def test_the_offices_hours_count_for_whoever_has_none(client, manajer):
    path = f"{AGENDA}/{OFFICE}"
    act(client, path, path, d0_0_from="07:30", d0_0_until="14:00")
    assert week_of(an_account(role="konselor")) == [Stretch(0, 450, 840)]


def test_a_profile_says_which_wishes_she_fits(client, counsellor):
    partner, path = an_account(role="konselor", name="Budi Contoh"), f"{OWN}/diri"
    act(client, path, path, sex="woman", tongues=["su", "id"], partner=str(partner.id))
    page = client.page(path)
    assert {each["value"] for each in page.select("[name=tongues][checked]")} == {"su", "id"}
    assert page.select_one("[name=partner] [selected]").get_text(strip=True) == "Budi Contoh"
    db.session.rollback()
    she = next(each for each in counsellors.active() if each.id == counsellor.id)
    assert she.fits(sex=Sex.WOMAN, tongue=Tongue.SUNDANESE)
    assert not she.fits(sex=Sex.MAN)
    assert not she.fits(tongue=Tongue.SIGN)


def test_nobody_is_her_own_partner(client, counsellor):
    path = f"{OWN}/diri"
    act(client, path, path, partner=str(counsellor.id))
    assert client.page(path).select_one("#partner-salah").get_text() == "Choose an answer from the list."


@pytest.mark.parametrize("role", ["penerima", "manajer", "konselor"])
def test_the_agenda_says_when_and_never_whom(client, role):
    comes_in(client, role)
    she, car = an_account(role="konselor", name="Ratna Contoh"), resources.add(Kind.VEHICLE, "Mobil putih")
    db.session.flush()
    visit = books(she.id, car.id)
    page = client.page(f"{AGENDA}?minggu={MONDAY}")
    rows = {row.th.get_text(strip=True): row for row in page.select(".agenda tbody tr")}
    for name in ("Ratna Contoh", "Mobil putih"):
        assert rows[name].select_one(".engaged").get_text() == "09.00–10.00 Visit"
    assert str(visit) not in str(page)
    assert not client.page(AGENDA).select(".engaged"), "that is another week"


def test_a_visit_over_midnight_stands_on_both_days(client, manajer):
    she = an_account(role="konselor", name="Ratna Contoh")
    diary.book(a_closed_visit(), [she.id], at(MONDAY, 23), at(MONDAY, 25), buffer=timedelta())
    db.session.commit()
    cells = client.page(f"{AGENDA}?minggu={MONDAY}").select(".agenda tbody tr td")
    assert [bool(cell.select(".engaged")) for cell in cells] == [
        True,
        True,
        False,
        False,
        False,
        False,
        False,
    ]


@pytest.mark.each_kind
@pytest.mark.parametrize("asked", ["besok", "0001-01-01", "9999-12-31", "2026-13-01", "%00"])
def test_a_week_nobody_could_mean_is_this_week(client, manajer, asked):
    assert "27 November 2026" not in client.page(f"{AGENDA}?minggu={asked}").get_text()
    assert "23 November 2026" in client.page(f"{AGENDA}?minggu={asked}").get_text()


def test_a_car_is_added_renamed_retired_and_used_again(client, manajer):
    act(client, CARS, CARS, kind="vehicle", name="Mobil putih")
    [car] = resources.everything()
    act(client, CARS, f"{CARS}/{car.id}", name="Mobil biru")
    act(client, CARS, f"{CARS}/{car.id}/pensiun")
    page = client.page(CARS)
    assert page.select_one("article h2").get_text() == "Mobil biru"
    assert "no longer used" in page.article.get_text()
    assert resources.active() == []
    act(client, CARS, f"{CARS}/{car.id}/pengaktifan")
    db.session.expire_all()
    assert [each.name for each in resources.active()] == ["Mobil biru"]
    assert client.post(f"{CARS}/{uuid4()}/pensiun", data={}, headers=SAME_SITE).status_code in (303, 404)


def test_a_car_without_a_name_is_said_beside_the_field(client, manajer):
    act(client, CARS, CARS, kind="vehicle", name=" ")
    assert client.page(CARS).select_one("#name-salah").get_text() == "Type the name."
    assert resources.everything() == []


def test_a_holiday_is_noted_and_taken_back(client, manajer):
    an_account(role="konselor")
    act(client, HOLIDAYS, HOLIDAYS, day="2026-12-25", name="Natal")
    assert hours.holidays(date(2026, 12, 1), date(2026, 12, 31)) == {date(2026, 12, 25): "Natal"}
    assert "Natal" in client.page(f"{AGENDA}?minggu=2026-12-25").select_one(".agenda thead").get_text()
    act(client, HOLIDAYS, f"{HOLIDAYS}/2026-12-25/penghapusan")
    db.session.rollback()
    assert hours.holidays(date(2026, 12, 1), date(2026, 12, 31)) == {}
    assert client.post(f"{HOLIDAYS}/besok/penghapusan", data={}, headers=SAME_SITE).status_code in (303, 404)


def test_the_calendar_file_is_hers_and_says_nothing(client, counsellor):
    visit = books(counsellor.id)
    other = books(an_account(role="konselor").id, hour=13)
    for path in (f"{OWN}.ics", f"{OWN}/{visit}.ics"):
        answer = client.get(path)
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/calendar", "no-store")
        assert 'filename="kegiatan.ics"' in answer.headers["Content-Disposition"]
        [event] = Calendar.from_ical(answer.data).walk("VEVENT")
        assert str(event["summary"]) == "Kegiatan 1"
        for telling in (str(visit), counsellor.login, "Ratna", "Visit", "Sapa"):
            assert telling not in answer.text
    assert client.get(f"{OWN}/{other}.ics").status_code == 404


def test_whoever_left_the_office_is_planned_no_more(client, manajer):
    she = an_account(role="konselor", name="Ratna Contoh")
    accounts.find(she.id).disable()
    db.session.commit()
    assert "Ratna Contoh" not in client.page(AGENDA).get_text()
    assert client.get(f"{AGENDA}/{she.id}").status_code == 404
