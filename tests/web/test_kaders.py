"""From the office's slip of paper to a kader who may begin, and back when she moves or her phone is gone."""

from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import text

from pwa import clock, db, i18n, invitations, kaders, lesson
from tests.factories import PASSWORD, a_device_of, a_ready_kader, an_account

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
KADER = "/kantor/kader"
CIPARE = "36.73.01.1002"
SLIP = {"name": "Yanti Baru", "login": "yanti", "kelurahan": CIPARE, "rt_rw": "3/2"}


@pytest.fixture
def now():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as traveller:
        yield traveller


def come_in(client, account, device_id=None) -> None:
    client.sign_in(account, device_id)
    db.session.commit()


def act(client, path, on, **typed):
    token = client.page(on).select_one("[name=csrf_token]")["value"]
    return client.post(path, data={"csrf_token": token, **typed}, headers=SAME_SITE)


@pytest.fixture
def office(client):
    desk = client.application.test_client()
    come_in(desk, an_account("manajer"))
    return desk


def invited(office, **typed) -> str:
    act(office, f"{KADER}/undangan", f"{KADER}/undangan", **(SLIP | typed))
    link = office.page(f"{KADER}/undangan").select_one("#tautan").get_text()
    return link.removeprefix("http://127.0.0.1:8000")


def join(client, path):
    code = pyotp.TOTP(invitations.totp_secret(path.rsplit("/", 1)[1])).at(clock.now())
    typed = {"password": PASSWORD, "again": PASSWORD, "code": code}
    return client.post(path, data=typed, headers=SAME_SITE)


def learn(client, **instead):
    given = {question.key: question.right for question in lesson.QUESTIONS} | instead
    return act(client, "/kader/pelajaran", "/kader/pelajaran", **given)


def a_kader_at_work(client):
    account = an_account("kader")
    a_ready_kader(account.id)
    come_in(client, account, a_device_of(account.id).id)
    return account


def actions() -> list[str]:
    return list(db.session.scalars(text("SELECT action FROM audit ORDER BY seq")))


def test_the_whole_way_from_the_slip_to_the_first_day(client, office):
    path = invited(office)
    page = client.page(path)
    assert "RT 003/RW 002, Cipare, Kec. Serang" in page.get_text()
    assert page.select_one("a[href^='otpauth://']"), (
        "the picture cannot be scanned by the phone that shows it"
    )
    assert join(client, path).location == "/kader"
    assert client.get("/kader").location == "/kader/pelajaran"
    assert learn(client).location == "/kader"
    assert client.get("/kader").location == "/kader/janji"
    assert act(client, "/kader/janji", "/kader/janji").location == "/kader"
    assert client.get("/kader").location == "/akun/perangkat"
    assert (
        i18n.gettext("Before you help: give this phone a PIN, so that nobody else reads what you write.")
        in client.page("/akun/perangkat").get_text()
    )
    device = {"name": "HP", "pin": "258036", "again": "258036"}
    assert act(client, "/akun/perangkat", "/akun/perangkat", **device).location == "/kader"
    assert "Cipare" in client.page("/kader").get_text()
    assert actions() == ["invited", "joined", "signed-in", "lesson-passed", "promised", "device-enrolled"]
    assert i18n.gettext("Ready") in office.page(KADER).get_text()


@pytest.mark.parametrize("path", ["/kader", "/akun/perangkat"])
def test_a_kader_who_has_not_learned_yet_finds_only_the_lesson(client, path):
    account = an_account("kader")
    kaders.settle(account, kaders.Area(CIPARE, "003/002"))
    come_in(client, account)
    assert client.get("/kader").location == "/kader/pelajaran"
    assert act(client, "/kader/janji", "/kader/pelajaran").location == "/kader"
    assert not kaders.find(account).has_promised, "nobody promises before she knows what"


def test_wrong_answers_are_explained_kindly_and_the_right_ones_stay(client):
    account = an_account("kader")
    kaders.settle(account, kaders.Area(CIPARE, "003/002"))
    come_in(client, account)
    assert learn(client, talk="head", phone="look").location == "/kader/pelajaran"
    page = client.page("/kader/pelajaran")
    assert len(page.select(".error")) == 2
    assert str(lesson.QUESTIONS[1].why) in page.get_text()
    assert {each["value"] for each in page.select("[checked]")} >= {"needed", "leave", "report"}
    assert not kaders.find(account).is_trained
    assert learn(client).location == "/kader"


@pytest.mark.parametrize("given", [{}, {"ask": "?", "talk": "\x00"}, {"ask": "needed"}])
def test_strange_or_missing_answers_do_not_pass(client, given):
    account = an_account("kader")
    kaders.settle(account, kaders.Area(CIPARE, "003/002"))
    come_in(client, account)
    assert act(client, "/kader/pelajaran", "/kader/pelajaran", **given).location == "/kader/pelajaran"
    assert client.page("/kader/pelajaran").select(".error")
    assert not kaders.find(account).is_trained


def test_a_kader_without_an_area_is_told_whom_to_ask(client):
    come_in(client, an_account("kader"))
    said = i18n.gettext("The office has not given you an area yet. Ask whoever invited you.")
    assert said in client.page("/kader").get_text()
    assert learn(client).location == "/kader/pelajaran"


def test_a_promise_in_new_words_is_asked_again(client, monkeypatch):
    a_kader_at_work(client)
    client.page("/kader")
    monkeypatch.setattr(lesson, "PROMISE_VERSION", "2030-01")
    assert client.get("/kader").location == "/kader/janji"


def test_on_another_phone_she_needs_a_pin_there_too(client):
    account = a_kader_at_work(client)
    other = client.application.test_client()
    come_in(other, account)
    assert other.get("/kader").location == "/akun/perangkat"


def test_a_link_used_twice_says_so(client, office):
    path = invited(office)
    join(client, path)
    stranger = client.application.test_client()
    said = i18n.gettext(
        "Somebody has already joined with this link; it works once. Was that not you? Tell the office at once."
    )
    assert said in stranger.page(path, status=404).get_text()
    assert join(stranger, path).location == path
    assert stranger.get_cookie("m") is None


def test_a_link_that_ran_out_says_so(client, office, now):
    path = invited(office)
    now.shift(timedelta(hours=48))
    said = i18n.gettext("The two days of this link are over. Ask whoever invited you for a new one.")
    assert said in client.page(path, status=404).get_text()
    assert join(client, path).location == path


@pytest.mark.parametrize(
    ("why", "said", "told"),
    [
        (
            "not-me",
            "Thank you. The link was meant for somebody else and is closed. The office has been told.",
            "Says: not meant for me",
        ),
        (
            "wrong-area",
            "Thank you. The area was not yours, so the link is closed. The office makes a new one.",
            "Says: another area",
        ),
    ],
)
def test_a_link_in_the_wrong_hands_or_for_the_wrong_place_is_closed_and_the_office_knows(
    client, office, why, said, told
):
    path = invited(office)
    assert client.post(f"{path}/penolakan", data={"why": why}, headers=SAME_SITE).location == path
    assert i18n.gettext(said) in client.page(path, status=404).get_text()
    join(client, path)
    assert client.get_cookie("m") is None
    page = office.page(KADER)
    assert i18n.gettext(told) in page.get_text()
    assert "yanti" in page.get_text()
    assert actions() == ["invited", "invitation-refused"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rt_rw": "3"}, "Type RT and RW, for example 003/002."),
        ({"rt_rw": ""}, "Type RT and RW, for example 003/002."),
        ({"kelurahan": "99"}, "Choose an answer from the list."),
        ({"kelurahan": ""}, "Choose an answer from the list."),
        ({"name": ""}, "Type the name."),
        ({"login": "x"}, "3 to 40 of these: a-z, 0-9, dot, dash, underscore."),
        ({"login": "taken"}, "Somebody already has this sign-in name."),
    ],
)
def test_an_invitation_that_cannot_be_made_says_why_and_keeps_what_was_typed(client, office, typed, said):
    an_account(login="taken")
    act(office, f"{KADER}/undangan", f"{KADER}/undangan", **(SLIP | typed))
    page = office.page(f"{KADER}/undangan")
    assert i18n.gettext(said) in page.get_text()
    assert page.select_one("[name=name]")["value"] == (SLIP | typed)["name"]
    assert actions() == []


def test_the_slip_can_be_printed_until_it_is_put_away(office):
    path = invited(office)
    page = office.page(f"{KADER}/undangan")
    assert path in page.get_text()
    assert page.select_one("img.qr")["src"].startswith("data:image/svg+xml")
    act(office, f"{KADER}/undangan/lain", f"{KADER}/undangan")
    assert path not in office.page(f"{KADER}/undangan").get_text()


def test_somebody_else_of_the_office_does_not_see_the_slip(client, office):
    path = invited(office)
    other = client.application.test_client()
    come_in(other, an_account("admin"))
    assert path not in other.page(f"{KADER}/undangan").get_text()


def test_a_kader_moves_to_another_area(client, office, now):
    account = a_kader_at_work(client)
    where = f"{KADER}/{account.id}"
    now.shift(timedelta(minutes=1))
    assert act(office, f"{where}/wilayah", where, kelurahan=CIPARE, rt_rw="7/1").location == where
    assert "RT 007/RW 001, Cipare" in client.page("/kader").get_text()
    db.session.expire_all()
    assert kaders.find(account).since == clock.now()
    act(office, f"{where}/wilayah", where, kelurahan=CIPARE, rt_rw="007/001")
    assert actions() == ["kader-moved"]


def test_an_area_that_is_none_moves_nobody(client, office):
    account = a_kader_at_work(client)
    where = f"{KADER}/{account.id}"
    act(office, f"{where}/wilayah", where, kelurahan="1", rt_rw="x")
    page = office.page(where)
    assert len(page.select(".error")) == 2
    assert page.select_one("[name=rt_rw]")["value"] == "x"
    assert kaders.find(account).rt_rw == "003/002"


def test_who_has_no_area_yet_can_be_given_one(client, office):
    account = an_account("kader")
    where = f"{KADER}/{account.id}"
    act(office, f"{where}/wilayah", where, kelurahan=CIPARE, rt_rw="7/1")
    assert kaders.find(account).rt_rw == "007/001"


def test_the_list_and_her_page_show_where_to_end_a_lost_phone(client, office):
    account = a_kader_at_work(client)
    page = office.page(f"{KADER}/{account.id}")
    assert page.h1.get_text() == account.name
    lost = page.select_one("form[action$=hilang]")["action"]
    act(office, lost, f"{KADER}/{account.id}")
    assert client.get("/kader").location == "/masuk"


@pytest.mark.parametrize("role", ["penerima", "konselor", "kader"])
def test_who_does_not_look_after_kader_finds_nothing(client, role):
    kader = an_account("kader")
    a_ready_kader(kader.id)
    come_in(client, an_account(role))
    for path in (KADER, f"{KADER}/undangan", f"{KADER}/{kader.id}"):
        assert client.get(path).status_code == 404


def test_only_kader_are_among_the_kader(office):
    officer = an_account()
    assert office.get(f"{KADER}/{officer.id}").status_code == 404


def test_to_a_kader_the_rest_of_the_office_is_not_there(client):
    a_kader_at_work(client)
    for path in (
        "/kantor/laporan",
        "/kantor/meja",
        "/kelola/pengguna",
        "/konselor",
        "/kantor/perangkat",
        KADER,
    ):
        assert client.get(path).status_code == 404
