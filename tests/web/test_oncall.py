"""Being on call: one's own shift and device, the roster, and "I take it"."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from pwa import clock, db, ladder, oncall, pulse, sendings
from pwa.oncall import Line, Shift
from pwa.pulse import COVERED
from pwa.push import Alert, Subject
from pwa.settings import LADDER, LADDER_LATE
from pwa.subscriptions import Subscription
from tests.factories import a_report, an_account, on_call
from tests.house import open_rings
from tests.push_double import Phone
from tests.web.telling import sends
from tests.web.test_letters import a_label, a_letter, post

ENDPOINT = "https://fcm.googleapis.com/fcm/send/secret-capability"


@pytest.fixture
def officer(client):
    account = an_account("konselor")
    client.sign_in(account)
    return account


@pytest.fixture
def manajer(client):
    account = an_account("manajer")
    client.sign_in(account)
    return account


def send(client, path: str, **fields):
    token = client.page("/piket").select_one("[name=csrf_token]")["value"]
    answer = client.post(
        path, data={"csrf_token": token, **fields}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 303, answer.status_code
    db.session.expire_all()
    return answer


def subscribe(client, phone: Phone | None = None):
    return send(client, "/piket/hp", subscription=json.dumps((phone or Phone(ENDPOINT)).as_json))


def danger(settings) -> UUID:
    """The id of a report for which it rings."""
    pulse.beat(pulse.DELIVERER)
    id = a_report(settings, danger="yes", story="x").id
    ladder.climb(LADDER, LADDER_LATE)
    return id


def sign(client) -> BeautifulSoup:
    """What every open page of the office asks for by itself."""
    return BeautifulSoup(client.get("/kantor/panggilan", headers={"HX-Request": "true"}).text, "html.parser")


def said(page) -> str:
    return " ".join(page.main.stripped_strings)


def test_somebody_starts_a_shift_and_ends_it(client, officer):
    assert "You are not on call now." in said(client.page("/piket"))
    send(client, "/piket/mulai", hours="8")
    assert oncall.now(Line.FIRST) == [officer.id]
    assert "On call until" in said(client.page("/piket"))
    send(client, "/piket/mulai", hours="4")
    assert "You are on call then already." in said(client.page("/piket"))
    send(client, "/piket/selesai")
    assert oncall.now() == []


@pytest.mark.parametrize("hours", ["", "3", "999", "x", "-1"])
def test_a_shift_of_another_length_is_not_begun(client, officer, hours):
    send(client, "/piket/mulai", hours=hours)
    assert oncall.now() == []
    assert "Choose an answer from the list." in said(client.page("/piket"))


def test_a_device_is_known_once_it_subscribed_and_forgotten_when_it_is_told_so(client, officer):
    subscribe(client)
    (kept,) = db.session.scalars(select(Subscription))
    assert kept.account_id == officer.id
    assert "This device is known." in said(client.page("/piket"))
    subscribe(client)
    send(client, "/piket/hp/mati")
    assert db.session.scalars(select(Subscription)).all() == []


def test_the_page_that_waits_for_a_test_asks_for_its_device_alone(client, officer):
    subscribe(client)
    waiting = client.page("/piket").select_one("#hp-ini")
    answer = client.get(waiting["hx-get"], headers={"HX-Request": "true", "HX-Target": "hp-ini"})
    assert answer.status_code == 200
    assert BeautifulSoup(answer.text, "html.parser").select("#hp-ini form [name=csrf_token]")
    assert "<html" not in answer.text


def test_a_device_counts_only_once_a_test_was_shown_on_it(client, officer):
    send(client, "/piket/mulai", hours="8")
    subscribe(client)
    assert "has not shown a test yet" in said(client.page("/piket"))
    send(client, "/piket/uji")
    (alert,) = db.session.scalars(select(Alert))
    assert (alert.subject, alert.to_id) == (Subject.TEST, officer.id)
    sendings.address({alert: db.session.scalars(select(Subscription)).all()})
    db.session.commit()
    id = db.session.scalars(select(sendings.Sending.id)).one()
    db.session.commit()
    answer = client.post("/push/ack", data=id.hex, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 204
    page = client.page("/piket")
    assert "The test arrived here." in said(page)
    assert "has not shown a test yet" not in said(page)


@pytest.mark.each_kind
@pytest.mark.parametrize("words", ["", "x", "0" * 32, "é" * 40, "f" * 5000, "../../etc"])
def test_a_made_up_acknowledgement_is_answered_like_any_other(client, words):
    answer = client.post("/push/ack", data=words.encode(), headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize(
    "given",
    [
        "", "x", "[]", "null", "{}", '{"endpoint": 1}', json.dumps({"endpoint": ENDPOINT}),
        json.dumps({"endpoint": ENDPOINT, "keys": {"p256dh": "x", "auth": "y"}}),
        json.dumps(Phone("https://127.0.0.1/x").as_json), json.dumps(Phone("http://fcm.googleapis.com/x").as_json),
        json.dumps(Phone("https://fcm.googleapis.com.evil.example/x").as_json),
    ],
)  # fmt: skip
def test_what_is_no_subscription_of_a_known_service_is_refused_in_words(client, officer, given):
    send(client, "/piket/hp", subscription=given)
    assert db.session.scalars(select(Subscription)).all() == []
    page = client.page("/piket")
    assert "push service is not known here" in said(page)
    assert "fcm.googleapis.com" not in str(page)


def test_the_page_asks_in_its_own_words_first_and_offers_both_answers_alike(client, officer):
    page = client.page("/piket")
    ask = page.select_one("#hp-ini [data-when=ask]")
    assert [button["data-choice"] for button in ask.select("button")] == ["yes", "no"]
    assert len({tuple(button.get("class", [])) for button in ask.select("button")}) == 1
    assert "New task" in ask.select_one("figure").get_text()
    assert page.select_one("meta[name=kabar]")["content"]


def test_the_guide_names_phones_and_the_way_on_an_iphone(client, officer):
    page = said(client.page("/piket/panduan"))
    for brand in ("Samsung", "Xiaomi", "Oppo", "Vivo", "Infinix", "iPhone"):
        assert brand in page


def in_serang(hours: int) -> str:
    return (clock.now().astimezone(clock.JAKARTA) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def a_shift_of(who, **changes) -> dict[str, str]:
    typed = {
        "person": str(who.id),
        "line": "2",
        "starts_at": in_serang(1),
        "ends_at": in_serang(9),
        "phone": "0812 3456 7890",
    }
    return typed | changes


def test_the_manajer_writes_the_roster_and_takes_somebody_off_it(client, manajer):
    person = an_account("konselor", name="Ibu Piket")
    send(client, "/kantor/piket", **a_shift_of(person))
    page = said(client.page("/kantor/piket"))
    assert "Ibu Piket" in page
    assert "0812 3456 7890" in page
    shift = db.session.scalars(select(Shift)).one()
    send(client, f"/kantor/piket/{shift.id}/penghapusan")
    assert db.session.scalars(select(Shift)).all() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"person": ""}, "Choose an answer from the list."),
        ({"person": "00000000-0000-0000-0000-000000000000"}, "Choose an answer from the list."),
        ({"line": "9"}, "Choose an answer from the list."),
        ({"starts_at": "tomorrow"}, "The date does not look right."),
        ({"ends_at": ""}, "Type day and hour."),
        ({"phone": "call me"}, "The phone number does not look right"),
        ({"ends_at": "2020-01-01T00:00"}, "A shift lasts a day at most"),
        ({"starts_at": "2031-01-01T00:00", "ends_at": "2031-01-01T08:00"}, "A shift lasts a day at most"),
    ],
)
def test_a_roster_that_makes_no_sense_is_answered_in_words_and_nothing_typed_is_lost(
    client, manajer, changes, sentence
):
    person = an_account("konselor")
    send(client, "/kantor/piket", **a_shift_of(person, **changes))
    page = client.page("/kantor/piket")
    assert sentence in said(page)
    assert db.session.scalars(select(Shift)).all() == []
    if "phone" not in changes:
        assert page.select_one("[name=phone]")["value"] == "0812 3456 7890"


def test_nobody_stands_twice_at_the_same_time(client, manajer):
    person = an_account("konselor")
    for _ in range(2):
        send(client, "/kantor/piket", **a_shift_of(person))
    assert "This person is on call then already." in said(client.page("/kantor/piket"))
    assert len(db.session.scalars(select(Shift)).all()) == 1


@pytest.mark.parametrize("role", ["admin", "kader"])
def test_who_does_not_stand_on_call_finds_none_of_these_rooms(client, role):
    client.sign_in(an_account(role))
    for path in ("/piket", "/piket/panduan", "/kantor/panggilan", "/kantor/piket"):
        assert client.get(path).status_code == 404


def test_only_the_manajer_writes_the_roster(client, officer):
    assert client.get("/kantor/piket").status_code == 404


def test_danger_stands_in_red_on_every_page_until_one_person_takes_it(client, officer, settings):
    on_call(officer)
    danger(settings)
    assert client.page("/piket").select_one("#tanda a")["hx-get"] == "/kantor/panggilan"
    assert sign(client).select_one("#tanda[role=alert] a")["href"] == "/kantor/panggilan"
    ring = client.page("/kantor/panggilan").select_one("section.next form")
    send(client, ring["action"])
    page = client.page("/kantor/panggilan")
    assert sign(client).select_one("#tanda[role=alert]") is None
    assert "Taken by you" in said(page)
    late = send(client, ring["action"])
    assert "Somebody else was faster" in said(client.page(late.location))
    assert open_rings() == []


def test_a_counsellor_sees_that_it_rings_but_no_report_she_may_not_read(client, officer, settings):
    report = danger(settings)
    page = client.page("/kantor/panggilan")
    assert "Danger now" in said(page)
    assert str(report) not in str(page)


def test_an_intake_officer_goes_from_the_ring_to_the_report(client, settings):
    client.sign_in(an_account("penerima"))
    report = danger(settings)
    assert client.page("/kantor/panggilan").select_one(f'a[href="/kantor/laporan/{report}"]')


def test_a_deliverer_that_stopped_stands_in_red_too(client, officer):
    assert "Alerts do not leave at the moment." in sign(client).get_text()


def test_the_operator_sees_figures_and_no_address_nor_person(client, settings, app):
    konselor = an_account("konselor", name="Ibu Rahasia")
    client.sign_in(konselor)
    subscribe(client)
    client.sign_in(an_account("admin"))
    page = client.page("/kelola/kesehatan")
    assert "fcm.googleapis.com" in said(page)
    for secret in ("secret-capability", "Ibu Rahasia", konselor.login):
        assert secret not in str(page)


@pytest.mark.parametrize("covered", [True, False])
def test_a_resident_in_danger_is_told_truly_whether_anybody_on_call_can_be_woken(client, settings, covered):
    if covered:
        pulse.beat(COVERED)
        db.session.commit()
    page = sends(client, danger="yes", story="x")
    shown = [each.get_text() for each in page.select("[data-duty]") if not each.has_attr("hidden")]
    assert len(shown) == 1
    assert ("An officer on duty is being called." in shown[0]) is covered
    assert "112 or 129" in shown[0]
    assert page.select('a[href="tel:112"]')


def test_a_page_that_a_phone_keeps_never_says_that_somebody_is_there(client):
    pulse.beat(COVERED)
    db.session.commit()
    template = client.page("/cerita").select_one("template#terkirim")
    shown = [each["data-duty"] for each in template.select("[data-duty]") if not each.has_attr("hidden")]
    assert shown == ["nobody"]


@pytest.mark.parametrize(("danger", "covered"), [(True, True), (True, False), (False, False)])
def test_the_answer_to_a_sealed_letter_says_whether_somebody_can_be_woken(app, client, danger, covered):
    if covered:
        pulse.beat(COVERED)
        db.session.commit()
    answer = post(client, a_letter(app, a_label(danger=danger)))
    assert answer.json.get("covered", False) is covered
