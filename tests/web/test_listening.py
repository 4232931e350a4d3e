"""A resident's own phone asks to be told that there is news: taken, refused, taken back, and never an oracle."""

import json
import re

import pytest
from sqlalchemy import func, select

from pwa import clock, db, limits, places, receipts
from pwa.addresses import mark_of
from pwa.routes import listening
from pwa.subscriptions import Subscription
from tests.factories import a_listening_phone, a_phone_of, a_report, an_account
from tests.push_double import Phone
from tests.web.telling import opens

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def number() -> str:
    return receipts.new_number()


@pytest.fixture
def report(app, number):
    with app.app_context():
        return a_report(app.config["SETTINGS"], number)


def a_phone() -> Phone:
    return Phone(f"https://fcm.googleapis.com/fcm/send/{clock.now().timestamp()}")


def asks(client, phone: Phone | str, **more):
    """Her browser has said yes; what came of it, as her page then says."""
    said = phone if isinstance(phone, str) else json.dumps(phone.as_json)
    answer = client.post("/kabar/hp", data={"subscription": said}, headers=HERE, **more)
    assert (answer.status_code, answer.location) == (303, "/kabar")
    return client.page("/kabar")


def kept() -> list[Subscription]:
    db.session.rollback()
    return list(db.session.scalars(select(Subscription)))


def short(phone: Phone) -> str:
    return mark_of(phone.device)[:8].hex()


def test_whoever_has_the_number_open_may_have_this_phone_told(client, report, number):
    opens(client, number)
    page = asks(client, phone := a_phone())
    (row,) = kept()
    assert (row.receipt_id, row.account_id, row.login_id) == (report.receipt_id, None, None)
    assert page.select_one("#bel")["data-marks"] == short(phone)
    assert "This phone shows a line from now on." in page.text
    assert phone.endpoint.encode() not in row.closed
    assert phone.endpoint not in str(page)


def test_asking_twice_is_asking_once(client, report, number):
    opens(client, number)
    phone = a_phone()
    asks(client, phone)
    asks(client, phone)
    assert len(kept()) == 1


def test_without_an_open_number_nothing_is_kept(client, report):
    page = asks(client, a_phone())
    assert kept() == []
    assert page.select_one("input#nomor")


def test_a_number_nobody_has_is_answered_alike(client, report, number):
    before = opens(client, receipts.new_number())
    after = asks(client, a_phone())
    assert kept() == []
    assert after.select_one("#bel details")
    for page in (before, after):
        for hidden in page.select("input[name=id]"):
            hidden["value"] = ""
    assert str(after) == str(before)


@pytest.mark.parametrize(
    "said",
    [
        "", "{", "null", "[" * 5_000, '{"endpoint": "https://fcm.googleapis.com/x"}',
        json.dumps(Phone("https://fcm.googleapis.com.evil.example/x").as_json),
        json.dumps(Phone("http://fcm.googleapis.com/x").as_json),
        json.dumps(Phone("https://169.254.169.254/latest").as_json),
        json.dumps(Phone("https://fcm.googleapis.com/\ud800").as_json),
    ],
    ids=["nothing", "half", "null", "deep", "no keys", "look-alike", "http", "inside", "surrogate"],
)  # fmt: skip
def test_what_is_no_known_push_service_is_said_beside_it_and_not_kept(client, report, number, said):
    opens(client, number)
    page = asks(client, said)
    assert kept() == []
    assert page.select_one("#bel .error").text == (
        "This does not work with this browser. Nothing is shown on this phone."
    )


def test_who_tries_too_often_is_told_to_wait(client, report, number, monkeypatch):
    monkeypatch.setattr(listening, "TRIES", 1)
    opens(client, number)
    asks(client, a_phone())
    page = asks(client, a_phone())
    assert len(kept()) == 1
    assert "Too many tries" in page.select_one("#bel .error").text
    assert db.session.scalar(select(func.count()).select_from(limits.Counter)) > 0


@pytest.mark.parametrize("path", ["/kabar/hp", "/kabar/hp/mati", "/push/lupa", "/push/pindah"])
def test_another_site_can_neither_begin_nor_end_it(client, report, number, path):
    opens(client, number)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post(path, data={"subscription": "{}"}, headers=headers).status_code == 403


def test_she_stops_it_from_any_phone_without_javascript(client, app, report, number):
    with app.app_context():
        a_listening_phone(report.receipt_id, app.config["SETTINGS"])
        a_phone_of(an_account(), app.config["SETTINGS"])
    page = opens(client, number)
    assert "1 phone shows a line when something is new under this number." in page.text
    form = page.select_one("#bel form")
    assert client.post(form["action"], headers=HERE).status_code == 303
    assert "No phone shows anything any more." in client.page("/kabar").text
    assert [row.receipt_id for row in kept()] == [None]


def test_the_page_asks_in_exactly_the_words_the_worker_will_show(app, client, report, number, monkeypatch):
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")
    worker = (places.ROOT / "service-worker.js").read_text(encoding="utf-8")
    for folder in ("id", "ban"):
        client.set_cookie("b", folder)
        opens(client, number)
        lines = re.search(rf"{folder}: {{(.*?)\n  }}", worker, re.S)[1]
        shown = dict(re.findall(r'([nmwr]): \["(.*?", ".*?)"\]', lines))
        asked = [
            (line.strong.text, line.strong.find_next("br").next_sibling.strip())
            for line in client.page("/kabar").select("#bel .line")
        ]
        assert asked == [tuple(shown[kind].split('", "')) for kind in "mwr"]


def test_a_closed_case_no_longer_asks(client, app, report, number):
    with app.app_context():
        db.session.merge(report).state = "closed-without-case"
        db.session.commit()
    assert not opens(client, number).select_one("#bel")


def test_a_device_alone_may_move_and_forget_itself(client, app, report):
    with app.app_context():
        old = a_listening_phone(report.receipt_id, app.config["SETTINGS"])
    new = a_phone()
    both = json.dumps({"old": old.as_json, "new": new.as_json})
    assert client.post("/push/pindah", data=both, headers=HERE).status_code == 204
    assert [row.mark for row in kept()] == [mark_of(new.device)]
    assert client.post("/push/lupa", data=json.dumps(new.as_json), headers=HERE).status_code == 204
    assert kept() == []


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"[" * 8_000, b'{"old": 1, "new": 2}'])
@pytest.mark.parametrize("path", ["/push/pindah", "/push/lupa"])
def test_junk_learns_and_changes_nothing(client, app, report, path, body):
    with app.app_context():
        a_listening_phone(report.receipt_id, app.config["SETTINGS"])
    assert client.post(path, data=body, headers=HERE).status_code == 204
    assert len(kept()) == 1


def test_nobody_moves_a_device_to_an_address_of_ones_own_liking(client, app, report):
    with app.app_context():
        old = a_listening_phone(report.receipt_id, app.config["SETTINGS"])
    both = json.dumps({"old": old.as_json, "new": Phone("https://evil.example/x").as_json})
    assert client.post("/push/pindah", data=both, headers=HERE).status_code == 204
    assert [row.mark for row in kept()] == [mark_of(old.device)]


def test_a_new_number_taken_without_javascript_leaves_no_phone_of_the_old_one(client, app, report, number):
    with app.app_context():
        a_listening_phone(report.receipt_id, app.config["SETTINGS"])
    opens(client, number)
    client.post("/kabar/nomor", headers=HERE)
    assert "Your new number" in client.page("/kabar").text
    assert kept() == []
