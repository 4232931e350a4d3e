"""On the way: what her phone shows, what the watchers see, and what nobody may notice."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select

from pwa import appointments, checkpoints, clock, db, duress, outings, safety, trips, visits
from pwa.appointments import Crew, Slot
from pwa.checkpoints import Checkpoint, Kind
from pwa.push import Alert
from pwa.safety import Times
from pwa.trips import State, Trip
from tests.factories import a_visit, an_account
from tests.signing import a_sealed_sign, together

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
START = datetime(2026, 11, 30, 9, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)
ADDRESS = "Kampung Rahasia nomor 7"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(START - HOUR, tick=False) as moved:
        yield moved


@pytest.fixture
def times(settings) -> Times:
    return Times.of(settings)


@pytest.fixture
def counsellor(client):
    account = an_account("konselor", name="Ratna Contoh")
    client.sign_in(account)
    db.session.commit()
    return account


@pytest.fixture
def trip(client, counsellor, settings, times) -> Trip:
    """Of a visit that was asked for, offered and confirmed; her buddy goes along."""
    visit = a_visit(settings, meeting="home", address=ADDRESS, area="36.73.01.1001", at_door="Antar pesanan")
    with time_machine.travel(START - timedelta(days=3), tick=False):
        slot = Slot(START, START + HOUR)
        appointments.offer(visit, slot, Crew(counsellor.id, an_account("konselor").id), by=counsellor)
        appointments.confirm(visit, at=clock.now())
        outings.keep_up(times)
        db.session.commit()
    return trips.find(visit.id)


def page_of(trip: Trip) -> str:
    return f"/konselor/perjalanan/{trip.visit_id}"


def says(client, trip: Trip, kind: str, **typed):
    form = client.page(page_of(trip)).select_one("form[data-sign]")
    fields = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    return client.post(form["action"], data=fields | {"kind": kind} | typed, headers=SAME_SITE)


def fresh(trip: Trip) -> Trip:
    db.session.rollback()
    return trips.find(trip.visit_id)


def without_random(page: bytes) -> bytes:
    return re.sub(rb'name="(csrf_token|id)" value="[^"]*"', b"", page)


def test_a_confirmed_visit_becomes_a_trip_and_a_cancelled_one_is_none(client, counsellor, trip, times):
    assert (trip.state, trip.start_at, trip.counsellor_id) == (State.PLANNED, START, counsellor.id)
    visit = db.session.get(visits.Visit, trip.visit_id)
    appointments.cancel(visit, reason="sakit", say="Petugas sakit.", by=counsellor)
    outings.keep_up(times)
    db.session.commit()
    assert fresh(trip).state is State.DROPPED


def test_she_goes_there_and_home_without_any_script(client, trip, now):
    for kind, state in (
        ("departed", "departed"), ("arrived", "arrived"), ("under-way", "under-way"), ("finished", "finished"),
        ("home", "counsellor-safe"),
    ):  # fmt: skip
        assert says(client, trip, kind).location == page_of(trip)
        now.shift(timedelta(minutes=10))
        visit = db.session.scalar(select(visits.Visit.state).where(visits.Visit.id == trip.visit_id))
        assert (fresh(trip).state, visit) == (state, state)
    page = client.page(page_of(trip))
    assert len(page.select(".history li")) == 5
    assert not page.select("form[data-sign]")


def test_her_page_keeps_no_name_and_no_place_before_the_eyes(client, trip):
    page = client.get(page_of(trip))
    assert page.headers["Cache-Control"] == "no-store"
    for telling in (ADDRESS, "Antar pesanan", "Kampung", str(trip.buddy_id)):
        assert telling not in page.text
    assert "Activity 1" in client.page(page_of(trip)).h1.get_text()
    assert client.page(page_of(trip)).select_one("#kegiatan")["data-trip"] == trip.token


def test_the_word_looks_like_any_other_on_her_screen_and_rings_at_the_manajer(client, trip, counsellor, now):
    manajer = an_account("manajer")
    duress.choose(counsellor.id, "bunga melati")
    db.session.commit()
    says(client, trip, "arrived")
    pages, answers = [], []
    for word in ("kopi susu", "Bunga  MELATI"):
        with db.engine().begin() as connection:
            connection.execute(Checkpoint.__table__.delete().where(Checkpoint.kind == "extend"))
            connection.execute(Trip.__table__.update().values(extended=0))
        answers.append(says(client, trip, "extend", minutes="30", word=word))
        pages.append(without_random(client.get(page_of(trip)).data))
    assert pages[0] == pages[1]
    assert answers[0].data == answers[1].data
    assert dict(answers[0].headers) == dict(answers[1].headers)
    for path in ("/konselor/perjalanan", "/konselor/kunjungan", f"/konselor/kunjungan/{trip.visit_id}"):
        assert "alarm" not in client.page(path).main.get_text().lower()
    assert fresh(trip).in_emergency
    alerts = [
        (each.subject, each.to_id) for each in db.session.scalars(select(Alert)) if each.subject == "duress"
    ]
    assert alerts == [("duress", manajer.id)]


def test_another_counsellor_finds_neither_the_trip_nor_its_address(client, trip):
    stranger, id, path = client.application.test_client(), trip.visit_id, page_of(trip)
    stranger.sign_in(an_account("konselor"))
    db.session.commit()
    for page in (path, f"{path}/alamat", f"/kantor/perjalanan/{id}", f"/konselor/kunjungan/{id}"):
        assert stranger.get(page).status_code == 404
    for door in ("tanda", "alamat"):
        data = {"csrf_token": token_of(stranger), "kind": "departed"}
        assert stranger.post(f"{path}/{door}", data=data, headers=SAME_SITE).status_code == 404
    db.session.rollback()
    assert trips.find(id).state is State.PLANNED


def token_of(client) -> str:
    return client.page("/akun").select_one("[name=csrf_token]")["value"]


def test_the_address_opens_only_when_asked_for_and_that_is_noted(client, trip, now):
    path = f"{page_of(trip)}/alamat"
    assert ADDRESS not in client.get(path).text
    assert client.post(path, data={"csrf_token": token_of(client)}, headers=SAME_SITE).location == path
    page = client.page(path)
    assert ADDRESS in page.get_text()
    assert "Antar pesanan" in page.get_text()
    link = page.select_one("a[target=_blank]")
    assert link["href"].startswith("https://www.openstreetmap.org/?mlat=-6.12779&mlon=106.14628")
    assert link["rel"] == ["noopener", "noreferrer"]
    assert "Rahasia" not in link["href"]
    from pwa import audit

    assert "address-opened" in [entry.action for entry in audit.page()]
    now.shift(timedelta(minutes=9))
    client.get("/konselor")
    now.shift(timedelta(minutes=2))
    assert ADDRESS not in client.get(path).text


def hands_in(client, *sealed: bytes, waited: timedelta = timedelta()):
    """Without a session, as a phone does whose session ended long ago."""
    phone = client.application.test_client(use_cookies=False)
    headers = SAME_SITE | {"X-Waited": str(int(waited.total_seconds()))}
    return phone.post("/kegiatan", data=together(*sealed), headers=headers)


def test_signs_that_waited_are_handed_in_by_token_alone_once_and_shown_as_late(
    client, settings, counsellor, trip, now
):
    left, id = clock.now(), uuid4()
    sealed = a_sealed_sign(settings, trip.token, "departed", left, id=id)
    now.shift(timedelta(minutes=70))
    for _ in range(2):
        answer = hands_in(client, sealed, waited=timedelta(minutes=70))
        assert answer.get_json() == {"receipt": str(id)}
        assert "Set-Cookie" not in answer.headers
    client.sign_in(counsellor)
    [sign] = client.page(page_of(trip)).select(".history li")
    assert sign.get_text(" ", strip=True) == "08.00 WIB: I leave now arrived here at 09.10 WIB"
    assert fresh(trip).state is State.DEPARTED


@pytest.mark.parametrize("wrong", [timedelta(), timedelta(days=300), -timedelta(days=300)], ids=str)
def test_a_whole_way_without_signal_arrives_in_its_order_whatever_the_phones_clock_says(
    client, settings, trip, now, wrong
):
    way = ("departed", "arrived", "under-way", "extend", "finished", "home")
    pressed = []
    for kind in way:
        pressed.append(a_sealed_sign(settings, trip.token, kind, clock.now() + wrong, minutes="30"))
        now.shift(timedelta(minutes=20))
    now.shift(timedelta(hours=5))
    assert hands_in(client, *pressed, waited=timedelta(hours=5, minutes=20)).status_code == 200
    signs = checkpoints.signs_of(trip)
    assert [sign.kind for sign in signs] == list(way)
    assert [sign.happened_at for sign in signs] == [
        START - HOUR + timedelta(minutes=20 * place) for place in range(len(way))
    ]
    assert (fresh(trip).state, trip.extended) == (State.SAFE, 30)
    visit = db.session.get(visits.Visit, trip.visit_id)
    assert visit.state is visits.State.COUNSELLOR_SAFE


def test_what_arrives_again_among_newer_ones_is_taken_once(client, settings, trip):
    first = a_sealed_sign(settings, trip.token, "departed", START)
    second = a_sealed_sign(settings, trip.token, "extend", START, minutes="60")
    for sealed in ([first], [first, second], [first, second], [second]):
        assert hands_in(client, *sealed).status_code == 200
    assert [sign.kind for sign in checkpoints.signs_of(trip)] == ["departed", "extend"]
    assert fresh(trip).extended == 60


def test_a_sign_that_does_not_open_holds_up_none_that_comes_after_it(client, settings, trip):
    spoilt = bytearray(a_sealed_sign(settings, trip.token, "departed", START))
    spoilt[-1] ^= 1
    good = a_sealed_sign(settings, trip.token, "arrived", START)
    assert hands_in(client, bytes(spoilt), good).status_code == 200
    assert [sign.kind for sign in checkpoints.signs_of(trip)] == ["arrived"]


@pytest.mark.parametrize(("token", "kind"), [
    ("x" * 32, "departed"), ("", "departed"), (None, "departed"), (["x"], "departed"), ("hers", "erased"), ("hers", ""),
    ("hers", None), ("hers", ["departed"]), ("hers", {}),
])  # fmt: skip
def test_what_is_no_sign_of_hers_is_refused_and_changes_nothing(client, settings, trip, token, kind):
    sealed = a_sealed_sign(settings, trip.token if token == "hers" else token, kind, START)
    assert hands_in(client, sealed).status_code == 422
    assert fresh(trip).state is State.PLANNED


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"\0\0\0\0", b"\0\0\0\5ab", b"\xff\xff\xff\xff", b"token=x&kind=home"]
)
def test_bytes_that_are_no_letter_are_refused(client, trip, body):
    assert client.post("/kegiatan", data=body, headers=SAME_SITE).status_code == 422
    assert fresh(trip).state is State.PLANNED


@pytest.mark.parametrize("minutes", [None, "", "x", "9999", -5, 60, ["60"], {"a": 1}])
def test_a_strange_length_is_the_shortest_one(client, settings, trip, minutes):
    assert (
        hands_in(client, a_sealed_sign(settings, trip.token, "extend", START, minutes=minutes)).status_code
        == 200
    )
    assert fresh(trip).extended == 15


@pytest.mark.parametrize("waited", ["", "gestern", "-5", "1e9", "²", "9" * 11, "9" * 40])
def test_a_phone_that_does_not_know_how_long_is_taken_at_its_word_for_a_week_at_most(
    client, settings, trip, waited
):
    headers = SAME_SITE | {"X-Waited": waited}
    body = together(a_sealed_sign(settings, trip.token, "departed", START))
    assert client.post("/kegiatan", data=body, headers=headers).status_code == 200
    [sign] = checkpoints.signs_of(trip)
    assert clock.now() - sign.happened_at == (timedelta(days=7) if waited == "9" * 11 else timedelta())


def test_the_word_that_waited_rings_when_it_arrives_and_the_answer_is_as_with_any_other(
    client, settings, trip, counsellor, now
):
    manajer = an_account("manajer")
    duress.choose(counsellor.id, "bunga melati")
    db.session.commit()
    answers = []
    for word in ("kopi susu", "Bunga  MELATI"):
        assert not fresh(trip).in_emergency
        sealed = [
            a_sealed_sign(settings, trip.token, "extend", clock.now(), minutes="30", word=word),
            a_sealed_sign(settings, trip.token, "home", clock.now(), id=UUID(int=7)),
        ]
        now.shift(2 * HOUR)
        answers.append(hands_in(client, *sealed, waited=2 * HOUR))
    assert answers[0].data == answers[1].data
    assert dict(answers[0].headers) == dict(answers[1].headers)
    assert (fresh(trip).in_emergency, trip.state) == (True, State.SAFE)
    rings = [
        (each.to_id, each.urgent) for each in db.session.scalars(select(Alert)) if each.subject == "duress"
    ]
    assert rings == [(manajer.id, True)]


def test_the_page_without_signal_is_alike_for_everybody_and_names_no_trip(client, counsellor, trip):
    stranger = client.application.test_client(use_cookies=False)
    page = client.page("/kegiatan")
    assert stranger.get("/kegiatan").data == client.get("/kegiatan").data
    assert trip.token not in str(page)
    assert not page.select("[name=csrf_token], [name=id]")
    assert set(re.findall(r'name="kind" value="([^"]*)"', str(page))) == {each.value for each in Kind}


def test_the_manajer_sees_the_alarm_and_only_she_ends_it_with_a_reason(client, trip, times, now):
    manajer, office = an_account("manajer"), client.application.test_client()
    office.sign_in(manajer)
    db.session.commit()
    now.move_to(START + 3 * HOUR)
    office.sign_in(manajer)
    safety.look(times)
    db.session.commit()
    path = f"/kantor/perjalanan/{trip.visit_id}"
    assert "Alarm" in office.page("/kantor/perjalanan").get_text()
    page = office.page(path)
    assert page.select_one("a[href='tel:110']")
    assert ADDRESS not in page.get_text()
    token = page.select_one("[name=csrf_token]")["value"]
    office.post(f"{path}/aman", data={"csrf_token": token, "reason": " "}, headers=SAME_SITE)
    assert office.page(path).select_one("#reason-salah").get_text() == "Say why in a few words."
    assert fresh(trip).in_emergency
    office.post(f"{path}/aman", data={"csrf_token": token, "reason": "Sudah bicara."}, headers=SAME_SITE)
    assert (fresh(trip).in_emergency, fresh(trip).state) == (False, State.SAFE)


def test_the_buddy_sees_the_alarm_and_cannot_end_it(client, trip, times, now):
    buddy = client.application.test_client()
    from pwa import accounts

    now.move_to(START + 3 * HOUR)
    buddy.sign_in(accounts.find(trip.buddy_id))
    safety.look(times)
    db.session.commit()
    path = f"/kantor/perjalanan/{trip.visit_id}"
    token = buddy.page(path).select_one("[name=csrf_token]")["value"]
    assert not buddy.page(path).select("textarea")
    buddy.post(f"{path}/aman", data={"csrf_token": token, "reason": "Baik."}, headers=SAME_SITE)
    assert fresh(trip).in_emergency


def test_when_she_is_done_her_page_leads_to_where_the_end_is_written(client, trip):
    for kind in ("departed", "arrived", "under-way", "finished"):
        assert not client.page(page_of(trip)).select("#hasil")
        says(client, trip, kind)
    link = client.page(page_of(trip)).select_one("#hasil a")["href"]
    assert link == f"/konselor/kunjungan/{trip.visit_id}#lanjutan"
    assert client.page(link).select_one("#lanjutan form")


def test_not_met_is_nobodys_fault_and_somebody_reaches_her_again(client, trip, now):
    for kind in ("departed", "arrived", "not-met"):
        says(client, trip, kind)
    office = client.application.test_client()
    office.sign_in(an_account("manajer"))
    db.session.commit()
    path = f"/kantor/perjalanan/{trip.visit_id}"
    page = office.page(path)
    assert "They have not met yet." in page.get_text()
    token = page.select_one("[name=csrf_token]")["value"]
    office.post(f"{path}/dihubungi", data={"csrf_token": token}, headers=SAME_SITE)
    assert not fresh(trip).must_reach_again


def test_her_word_is_kept_and_shown_to_nobody(client, counsellor):
    page = client.page("/konselor/perjalanan")
    token = page.select_one("[name=csrf_token]")["value"]
    client.post(
        "/konselor/perjalanan/kata", data={"csrf_token": token, "word": "bunga melati"}, headers=SAME_SITE
    )
    assert "melati" not in client.get("/konselor/perjalanan").text
    db.session.rollback()
    assert duress.is_meant(counsellor.id, "Bunga Melati")
