"""Both sides of a visit in plain requests: she without JavaScript and without an account, staff in their rooms."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from pwa import appointments, clock, db, i18n, moves, places, receipts, replies, tasks, unpacking
from pwa.levels import Level
from pwa.visits import State, Visit
from tests.factories import an_account
from tests.web.telling import number_on, opens

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = "Gang Kenanga 12"
NIGHT, MORNING = (
    datetime(2027, 1, 4, 16, tzinfo=UTC),
    datetime(2027, 1, 4, 1, tzinfo=UTC),
)  # a Monday in Serang


class Resident:
    """A browser without JavaScript and the number it was given."""

    def __init__(self, app) -> None:
        self.browser = app.test_client()
        self.number = ""

    def asks(self, path: str = "/temu", **answers) -> None:
        page = self.browser.page(path)
        hidden = {each["name"]: each["value"] for each in page.select("#temu input[type=hidden]")}
        answer = self.browser.post(path, data=hidden | {"meeting": "home", "address": ADDRESS} | answers)
        assert answer.status_code == 303
        self.number = number_on(self.browser.page(answer.location))
        unpacking.unpack_arrived()

    def sees(self) -> str:
        return opens(self.browser, self.number).main.get_text(" ", strip=True)

    def says(self, said: str, **typed) -> str:
        """Press the button on her page, and see what it says when the office has acted upon it."""
        page = opens(self.browser, self.number)
        forms = [
            form for form in page.select("form[action='/kabar/temu']") if form.select_one(f"[value={said}]")
        ]
        assert forms, f"nothing to press for {said}"
        fields = {each["name"]: each["value"] for each in forms[0].select("input[type=hidden]")}
        assert self.browser.post("/kabar/temu", data=fields | typed).status_code == 303
        replies.act_on_arrived()
        return self.browser.page("/kabar").main.get_text(" ", strip=True)


class Officer:
    def __init__(self, app, role: str, room: str) -> None:
        self.account, self.room = an_account(role), room
        self.browser = app.test_client()
        self.browser.sign_in(self.account)

    def sees(self, id=None, status: int = 200):
        return self.browser.page(self.room + (f"/{id}" if id else ""), status=status)

    def does(self, id, step: str, status: int = 303, **typed) -> None:
        token = self.browser.page("/akun").select_one("[name=csrf_token]")["value"]
        data = {"csrf_token": token} | {name.replace("__", "-"): text for name, text in typed.items()}
        answer = self.browser.post(f"{self.room}/{id}/{step}", data=data, headers=SAME_SITE)
        assert answer.status_code == status

    def offers(self, id, days: int = 3, start: str = "10:00", **typed) -> None:
        chosen = {"tawaran__day": day(days), "tawaran__start": start, "tawaran__length": "60"}
        self.does(id, "tawaran", **(chosen | {"tawaran__counsellor": str(self.account.id)} | typed))


def day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


def the_visit() -> Visit:
    db.session.expire_all()
    return db.session.query(Visit).one()


@pytest.fixture
def resident(app) -> Resident:
    return Resident(app)


@pytest.fixture
def konselor(app) -> Officer:
    return Officer(app, "konselor", "/konselor/kunjungan")


@pytest.fixture
def manajer(app) -> Officer:
    return Officer(app, "manajer", "/kantor/kunjungan")


def test_asked_offered_confirmed(resident, konselor):
    resident.asks()
    id = the_visit().id
    assert "Asked for. Staff will suggest a time here." in resident.sees()
    assert konselor.sees().select_one(f"a[href$='{id}']")
    konselor.does(id, "penanganan")
    konselor.offers(id)
    shown = resident.sees()
    assert "Staff suggest a time." in shown
    assert (
        f"{i18n.day(clock.today() + timedelta(days=3))} pukul 10.00 WIB, until 11.00 WIB, at the agreed place."
        in shown
    )
    assert "Confirmed" in resident.says("yes")
    assert "Confirmed" in konselor.sees(id).main.text
    assert the_visit().state is State.CONFIRMED


@pytest.mark.parametrize("language", i18n.LANGUAGES, ids=lambda each: each.folder)
def test_the_same_in_her_language(app, monkeypatch, resident, konselor, language):
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")
    resident.browser.set_cookie("b", language.folder)
    resident.asks()
    konselor.offers(the_visit().id)
    agreed = {"id": "di tempat yang disepakati", "ban": "di tempat nu geus disapukan"}[language.folder]
    assert agreed in resident.sees()
    with i18n.speaking(language):
        assert i18n.gettext("Confirmed") in resident.says("yes")


def test_she_asks_again_behind_the_number_she_has_open(app, resident):
    resident.asks()
    resident.sees()
    resident.browser.post("/temu/lain")
    page = resident.browser.page("/temu")
    hidden = {each["name"]: each["value"] for each in page.select("#temu input[type=hidden]")}
    answer = resident.browser.post("/temu", data=hidden | {"meeting": "office", "behind_open": "yes"})
    assert answer.location == "/kabar"
    assert "Your request has been sent." in resident.browser.page("/kabar").main.text
    found = db.session.query(Visit).all()
    assert len(found) == 2
    assert len({visit.receipt_id for visit in found}) == 1


def test_an_empty_form_is_no_request_and_a_wrong_number_stays_typed(resident):
    for typed in ({}, {"meeting": "home", "number": "12"}):
        answer = resident.browser.post("/temu", data=typed)
        assert (answer.status_code, answer.location) == (303, "/temu")
        assert resident.browser.page("/temu").select_one("#periksa")
    assert resident.browser.page("/temu").select_one("#number")["value"] == "12"
    assert db.session.query(Visit).count() == 0


def test_somebody_asks_for_her(resident, manajer):
    resident.asks(
        "/temu/titip", relation="tetangga", her_name="Rara", her_way="phone", her_number="081234567890"
    )
    page = manajer.sees(the_visit().id).main.text
    assert "tetangga" in page
    assert "081234567890" not in page
    assert ADDRESS not in page


def test_another_time_please(resident, konselor):
    resident.asks()
    konselor.offers(the_visit().id)
    assert "Asked for. Staff will suggest a time here." in resident.says("other")
    konselor.offers(the_visit().id, days=4)
    assert "Confirmed" in resident.says("yes")


def test_she_moves_it_and_the_old_time_stands_until_staff_agree(resident, konselor):
    resident.asks()
    id = the_visit().id
    konselor.offers(id)
    resident.says("yes")
    old = the_visit().start_at
    shown = resident.says("move", day=day(5), hour="13:00")
    assert "You asked for another time. Until staff agree, this one stands." in shown
    assert the_visit().start_at == old
    (move,) = db.session.query(moves.Move).all()
    konselor.does(id, f"usul/{move.id}/persetujuan")
    assert f"{i18n.day(clock.today() + timedelta(days=5))} pukul 13.00 WIB" in resident.sees()
    assert the_visit().start_at == old + timedelta(days=2, hours=3)


@pytest.mark.parametrize(
    "typed", [{}, {"day": "besok"}, {"day": "2020-01-01"}, {"day": day(0)}, {"day": day(61)}], ids=str
)
def test_a_day_that_cannot_be_is_said_beside_the_field(resident, konselor, typed):
    resident.asks()
    konselor.offers(the_visit().id)
    resident.says("yes")
    assert "Choose a day from tomorrow on, within 60 days." in resident.says("move", hour="10:00", **typed)
    assert db.session.query(moves.Move).count() == 0


def test_staff_move_it_and_she_says_yes_or_keeps_the_old_one(resident, konselor):
    resident.asks()
    id = the_visit().id
    konselor.offers(id)
    resident.says("yes")
    for said, hour in (("refuse", "10.00"), ("accept", "14.00")):
        chosen = {"usul__day": day(3), "usul__start": "14:00", "usul__length": "60", "usul__reason": "rapat"}
        konselor.does(id, "usul", **chosen)
        assert "Staff suggest another time. Until you agree, the old one stands." in resident.sees()
        assert f"pukul {hour} WIB" in resident.says(said)


def test_she_cancels_and_nobody_asks_why(resident, konselor):
    resident.asks()
    konselor.offers(the_visit().id)
    resident.says("yes")
    assert "Cancelled by you" in resident.says("cancel")
    assert the_visit().state is State.CANCELLED_BY_HER


def test_at_high_risk_a_word_by_number_waits_until_she_was_reached(resident, konselor, app):
    resident.asks(returns="yes")
    id = the_visit().id
    other = an_account("konselor")
    konselor.offers(id, tawaran__partner=str(other.id))
    assert "Confirmed" in resident.says("yes")
    konselor.does(id, "kontak", kontak__outcome="hers")
    shown = resident.says("cancel")
    assert "Noted. Staff first ask you in the safe way; until then the time is kept." in shown
    assert the_visit().state is State.CONFIRMED
    assert "Reach this person in the safe way today" in konselor.sees(id).main.text
    konselor.does(id, "kontak", kontak__outcome="not-hers")
    assert the_visit().state is State.CONFIRMED
    assert "Nothing was changed after staff asked in the safe way." in resident.sees()
    resident.says("cancel")
    konselor.does(id, "kontak", kontak__outcome="hers")
    assert "Cancelled by you" in resident.sees()


def test_what_comes_too_late_is_said_in_a_sentence(resident, konselor):
    resident.asks()
    konselor.offers(the_visit().id)
    page = opens(resident.browser, resident.number)
    form = next(form for form in page.select("form[action='/kabar/temu']") if form.select_one("[value=yes]"))
    fields = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    with time_machine.travel(the_visit().lapses_at + timedelta(minutes=1)):
        opens(resident.browser, resident.number)
        resident.browser.post("/kabar/temu", data=fields)
        replies.act_on_arrived()
        shown = resident.browser.page("/kabar").main.text
    assert "That time is no longer free. Staff look for another one." in shown
    assert "The suggested time has passed. Staff look for another one." in shown


def test_two_visits_of_two_numbers_never_mix(app, resident, konselor):
    resident.asks()
    konselor.offers(the_visit().id)
    mine = db.session.query(Visit).one()
    stranger = Resident(app)
    stranger.asks()
    crafted = {"visit": str(mine.id), "about": str(mine.answer_id), "said": "yes"}
    opens(stranger.browser, stranger.number)
    assert stranger.browser.post("/kabar/temu", data=crafted).status_code == 303
    replies.act_on_arrived()
    db.session.expire_all()
    assert db.session.get(Visit, mine.id).state is State.OFFERED
    assert "10.00 WIB" not in stranger.sees()


def test_nobody_accepts_what_they_proposed_themselves(resident, konselor):
    resident.asks()
    id = the_visit().id
    konselor.offers(id)
    resident.says("yes")
    resident.says("move", day=day(5), hour="13:00")
    (move,) = db.session.query(moves.Move).all()
    opens(resident.browser, resident.number)
    for said in ("accept", "yes"):
        crafted = {"visit": str(id), "about": str(move.id), "said": said}
        resident.browser.post("/kabar/temu", data=crafted)
    replies.act_on_arrived()
    db.session.expire_all()
    assert db.session.query(moves.Move).one().stand is moves.Stand.WAITING
    resident.says("withdraw")
    konselor.does(id, "usul", usul__day=day(6), usul__start="09:00", usul__length="60", usul__reason="rapat")
    (theirs,) = [row for row in db.session.query(moves.Move) if row.stand is moves.Stand.WAITING]
    konselor.does(id, f"usul/{theirs.id}/persetujuan")
    assert "Only the other side can agree to this." in konselor.sees(id).main.text
    db.session.expire_all()
    assert db.session.get(moves.Move, theirs.id).stand is moves.Stand.WAITING


def test_moving_a_grave_visit_takes_the_manajer_a_look_at_the_risk_and_her_word_today(
    resident, konselor, manajer
):
    resident.asks(weapons="yes")
    id = the_visit().id
    konselor.offers(id, tawaran__partner=str(an_account("konselor").id))
    resident.says("yes")
    with time_machine.travel(clock.now() + timedelta(days=1)):
        for who in (konselor, manajer):
            who.browser.sign_in(who.account)
        chosen = {"usul__day": day(5), "usul__start": "09:00", "usul__length": "60", "usul__reason": "rapat"}
        for who, said in (
            (konselor, "Only a manager may do this."), (manajer, "Look at the risk again today first."),
        ):  # fmt: skip
            who.does(id, "usul", **chosen)
            assert said in who.sees(id).main.text
        manajer.does(id, "tinjauan", tinjauan__weapons="yes", tinjauan__level="tinggi")
        manajer.does(id, "usul", **chosen)
        assert "Reach this person in the safe way today first." in manajer.sees(id).main.text
        assert db.session.query(moves.Move).count() == 0
        manajer.does(id, "kontak", kontak__outcome="hers")
        manajer.does(id, "usul", **chosen)
        db.session.expire_all()
        assert db.session.query(moves.Move).one().by_id == manajer.account.id


def test_who_is_faster_takes_it_and_for_the_others_it_is_gone(app, resident, konselor):
    resident.asks()
    id = the_visit().id
    other = Officer(app, "konselor", "/konselor/kunjungan")
    assert "Nobody has this visit yet." in other.sees(id).main.text
    assert ADDRESS not in other.sees(id).main.text
    konselor.does(id, "penanganan")
    other.sees(id, status=404)
    other.does(id, "penanganan", status=404)
    other.does(id, "tawaran", status=404)
    assert not other.sees().select(f"a[href$='{id}']")


def test_a_wish_leads_to_whoever_fits(app, resident, konselor):
    from pwa import counsellors
    from pwa.counsellors import Sex, Tongue

    resident.asks(counsellor_sex="woman", tongue="su")
    id = the_visit().id
    konselor.sees(id, status=404)
    counsellors.describe(konselor.account.id, sex=Sex.WOMAN, tongues=[Tongue.SUNDANESE], partner_id=None)
    db.session.commit()
    assert konselor.sees(id)


def test_for_whoever_must_not_notice_it_is_not_there(app, resident, manajer):
    named = Officer(app, "penerima", "/kantor/kunjungan")
    resident.asks(unnoticed=f"Pak {named.account.name}")
    id = the_visit().id
    named.sees(id, status=404)
    assert not named.sees().select(f"a[href$='{id}']")
    assert manajer.sees(id)


def test_a_form_that_cannot_be_taken_says_so_and_keeps_what_was_typed(resident, konselor):
    resident.asks()
    id = the_visit().id
    konselor.does(id, "penanganan")
    konselor.offers(id, days=-1)
    page = konselor.sees(id)
    assert "A day from today to 60 days from now." in page.main.text
    assert page.select_one("[name=tawaran-start] option[selected]")["value"] == "10:00"
    konselor.offers(id, tawaran__counsellor="siapa")
    assert "Choose an answer from the list." in konselor.sees(id).main.text
    assert the_visit().state is State.ASKED


def test_somebody_booked_twice_is_refused_kindly(app, resident, konselor):
    resident.asks()
    konselor.offers(the_visit().id)
    second = Resident(app)
    second.asks()
    id = next(visit.id for visit in db.session.query(Visit) if visit.state is State.ASKED)
    konselor.offers(id)
    assert "Somebody or something is already booked then. Choose another time." in konselor.sees(id).main.text


def test_no_place_and_nobody_is_named_to_whoever_holds_only_the_number(resident, konselor):
    resident.asks(name="Rara Anjani", number="081298765432", at_door="mau antar paket")
    konselor.offers(the_visit().id)
    for shown in (resident.sees(), resident.says("yes"), resident.says("move", day=day(5), hour="13:00")):
        for canary in (ADDRESS, "Rara", "081298765432", "paket", konselor.account.name):
            assert canary not in shown


def test_the_level_is_set_lower_only_with_a_reason(resident, manajer):
    resident.asks(weapons="yes")
    id = the_visit().id
    manajer.does(id, "tinjauan", tinjauan__level="rendah")
    assert "Say why in a few words." in manajer.sees(id).main.text
    manajer.does(id, "tinjauan", tinjauan__level="rendah", tinjauan__reason="pindah rumah")
    assert the_visit().level is Level.RENDAH
    assert tasks.open_of(the_visit()) == []
    assert appointments.lapse_due() == 0


def held(resident, konselor, state: State = State.FINISHED, meeting: str = "home"):
    """A visit that was confirmed, with its trip behind it."""
    resident.asks(meeting=meeting)
    id = the_visit().id
    konselor.offers(id)
    resident.says("yes")
    the_visit().state = state
    db.session.commit()
    return id


def ends(next: str, **typed: str) -> dict[str, str]:
    return {f"lanjutan__{name}": text for name, text in ({"next": next} | typed).items()}


def test_after_a_visit_somebody_says_what_comes_next(resident, konselor):
    id = held(resident, konselor)
    konselor.does(id, "lanjutan", **ends("visit", words="mengurus sekolah", notes="Tenang."))
    page = konselor.sees(id)
    assert "Choose a date." in page.main.text
    assert "Tenang." in page.select_one("[name=lanjutan-notes]").text
    chosen = ends(
        "visit", day=day(20), words="mengurus sekolah", notes="Tenang.", agreed="Bertemu di sekolah."
    )
    konselor.does(id, "lanjutan", **chosen)
    konselor.does(id, "lanjutan", **chosen)
    page = konselor.sees(id)
    assert "What comes next was decided already." in page.main.text
    assert "Bertemu di sekolah." in page.select_one("#lanjutan .said").text
    (following,) = [visit for visit in db.session.query(Visit) if visit.series_id == id]
    page = konselor.sees(following.id)
    assert "mengurus sekolah" in page.main.text
    assert "Di rumah" in page.main.text, "what she told at first is still at hand"
    konselor.offers(following.id, days=20)
    assert "Staff suggest a time." in resident.sees()
    assert "Confirmed" in resident.says("yes")


def test_the_visits_end_with_a_reason(resident, konselor):
    id = held(resident, konselor, State.NOT_MET)
    konselor.does(id, "lanjutan", **ends("none"))
    assert "Say why in a few words." in konselor.sees(id).main.text
    konselor.does(id, "lanjutan", **ends("none", words="pindah kota"))
    assert the_visit().decided_at
    assert not konselor.sees(id).select("form[action$='/lanjutan']")
    assert "pindah kota" in konselor.sees(id).select_one("#lanjutan").text
    assert len(db.session.query(Visit).all()) == 1


def test_a_promised_contact_waits_as_a_task_until_it_is_done(resident, konselor):
    id = held(resident, konselor)
    konselor.does(id, "lanjutan", **ends("contact", day=day(5)))
    (task,) = tasks.open_of(the_visit())
    assert (task.due_at - timedelta(seconds=1)).astimezone(clock.JAKARTA).date().isoformat() == day(5)
    konselor.does(id, "kontak", kontak__outcome="hers", kontak__note="Baik.")
    assert tasks.open_of(the_visit()) == []


def test_what_was_written_can_be_put_right_and_what_was_decided_stands(resident, konselor):
    id = held(resident, konselor)
    konselor.does(id, "catatan", catatan__notes="x")
    assert "First say that the visit is over." in konselor.sees(id).main.text
    konselor.does(id, "lanjutan", **ends("none", words="cukup", notes="salah ketik"))
    konselor.does(id, "catatan", catatan__notes="Tenang.", catatan__agreed="")
    page = konselor.sees(id).select_one("#lanjutan")
    assert "Tenang." in page.text
    assert "salah ketik" not in page.text
    assert "cukup" in page.text


@pytest.mark.parametrize(
    ("met", "state", "shown"), [("yes", State.FINISHED, "Finished"), ("no", State.NOT_MET, "Not met yet.")]
)
def test_a_visit_at_the_office_is_over_when_its_time_has_come_and_somebody_says_how_it_was(
    resident, konselor, met, state, shown
):
    id = held(resident, konselor, State.CONFIRMED, meeting="office")
    assert not konselor.sees(id).select("form[action$='/lanjutan']")
    konselor.does(id, "lanjutan", **ends("none", words="cukup"))
    assert "First say that the visit is over." in konselor.sees(id).main.text
    the_visit().start_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    assert konselor.sees(id).select("form[action$='/lanjutan'] [name=lanjutan-met]")
    konselor.does(id, "lanjutan", **ends("none", words="cukup", met=met))
    assert the_visit().state is state
    assert shown in resident.sees()


def test_how_a_visit_ended_is_read_only_by_those_it_belongs_to(app, resident, konselor):
    id = held(resident, konselor)
    konselor.does(id, "lanjutan", **ends("none", words="cukup", notes="Tenang."))
    other = Officer(app, "konselor", "/konselor/kunjungan")
    other.sees(id, status=404)
    for step in ("lanjutan", "catatan"):
        other.does(id, step, status=404, **ends("none", words="x"))
    assert "Tenang." not in resident.sees()


def test_her_number_shows_only_in_her_safe_hours_and_a_contact_outside_them_is_not_noted(resident, konselor):
    resident.asks(way="phone", number="081298765432", days="mon", hours="morning")
    id = the_visit().id
    konselor.sees(f"{id}/kontak", status=404)
    konselor.does(id, "penanganan")
    for moment, shown in ((NIGHT, False), (MORNING, True)):
        with time_machine.travel(moment):
            konselor.browser.sign_in(konselor.account)
            page = konselor.sees(f"{id}/kontak")
            assert bool(page.select("a[href='tel:+6281298765432']")) is shown
            assert ("081298765432" in page.text) is shown
            konselor.does(id, "kontak", kontak__outcome="hers")
            assert ("Not noted: nobody may call at this moment." in konselor.sees(id).main.text) is not shown


def test_somebody_asked_for_who_does_not_know_is_not_called(resident, manajer):
    resident.asks("/temu/titip", knows="no", her_way="phone", her_number="081298765432")
    page = manajer.sees(f"{the_visit().id}/kontak")
    assert "081298765432" not in page.text
    manajer.does(the_visit().id, "kontak", kontak__outcome="hers")
    assert "Not noted: nobody may call at this moment." in manajer.sees(the_visit().id).main.text


def test_the_intake_finds_what_was_told_under_the_same_number(app, manajer):
    from tests.factories import a_report, a_visit

    settings, number = app.config["SETTINGS"], receipts.new_number()
    report, visit = a_report(settings, number, story="x"), a_visit(settings, number)
    assert manajer.sees(visit.id).select_one(f"a[href='/kantor/laporan/{report.id}']")


def test_a_counsellors_day_begins_with_what_is_planned_and_what_waits(app, resident, konselor):
    resident.asks()
    konselor.offers(the_visit().id)
    booked = the_visit().id
    another = Resident(app)
    another.asks(meeting="office")
    page = konselor.browser.page("/konselor")
    assert [a["href"] for a in page.select("#terjadwal a")] == [f"/konselor/kunjungan/{booked}"]
    assert len(page.select("#belum-ada-waktu a")) == 1
