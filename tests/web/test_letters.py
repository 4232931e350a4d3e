"""The letter box: the same bytes count once however often they come, and nothing else gets in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from pwa import clock, db, envelope, filing, keyring, receipts
from pwa.envelope import Label
from pwa.letter import LARGEST
from pwa.receipts import Receipt
from pwa.reports import Addition, Report

AT_ONCE = 20


def a_label(**parts) -> Label:
    defaults = {
        "id": uuid4(), "kind": "report", "lookup": receipts.stretch(receipts.new_number(), b"salt", 1).lookup,
        "kecamatan": "36.73.01", "language": "ban", "danger": False, "written_at": clock.now().replace(microsecond=0),
    }  # fmt: skip
    return Label(**(defaults | parts))


def a_letter(app, label: Label, story: str = "rahasia") -> bytes:
    """As the script on the phone closes it."""
    key = app.config["SEALER"].key
    lines = label.canonical()
    return len(lines).to_bytes(2, "big") + lines + envelope.seal(label, {"story": story}, key.id, key.key)


def post(client, body: bytes, **headers):
    return client.post("/kirim", data=body, content_type="application/octet-stream", headers=headers)


def how_many(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def all_at_once(app, bodies: list[bytes]) -> list:
    """Each from a phone of its own, let go at the same moment."""
    ready = Barrier(len(bodies))

    def send(body: bytes):
        client = app.test_client()
        ready.wait(timeout=30)
        return post(client, body)

    with ThreadPoolExecutor(len(bodies)) as phones:
        return list(phones.map(send, bodies))


def test_a_letter_is_answered_with_its_own_id_and_opens_for_the_office(app, client):
    label = a_label()
    answer = post(client, a_letter(app, label))
    assert (answer.status_code, answer.json) == (200, {"receipt": str(label.id)})
    report = db.session.get(Report, label.id)
    assert report.label == label
    assert keyring.unseal(report.label, report.envelope) == {"story": "rahasia"}


def test_the_same_bytes_twenty_times_at_once_are_one_report(app):
    label = a_label()
    answers = all_at_once(app, [a_letter(app, label)] * AT_ONCE)
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert {answer.data for answer in answers} == {answers[0].data}
    assert answers[0].json == {"receipt": str(label.id)}
    assert (how_many(Report), how_many(Receipt)) == (1, 1)


def test_the_same_addition_twenty_times_at_once_is_added_once(app, client):
    label = a_label()
    post(client, a_letter(app, label))
    more = replace(label, id=uuid4(), kind="addition")
    answers = all_at_once(app, [a_letter(app, more)] * AT_ONCE)
    assert {answer.data for answer in answers} == {answers[0].data}
    assert answers[0].json == {"receipt": str(more.id)}
    assert (how_many(Report), how_many(Addition), how_many(Receipt)) == (1, 1, 1)


def test_of_two_letters_that_share_an_id_at_once_exactly_one_is_taken(app):
    label = a_label()
    bodies = [a_letter(app, label, story) for story in ("satu", "dua")] * 5
    answers = all_at_once(app, bodies)
    assert sorted({answer.status_code for answer in answers}) == [200, 422]
    assert len({body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200}) == 1
    assert (how_many(Report), how_many(Receipt)) == (1, 1)


def test_of_two_reports_under_one_number_at_once_exactly_one_is_taken(app):
    label = a_label()
    answers = all_at_once(app, [a_letter(app, replace(label, id=uuid4())) for _ in range(6)])
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5
    assert (how_many(Report), how_many(Receipt)) == (1, 1)


def test_a_used_id_with_other_words_is_refused_and_changes_nothing(app, client):
    label = a_label()
    post(client, a_letter(app, label, "pertama"))
    assert post(client, a_letter(app, label, "kedua")).status_code == 422
    report = db.session.get(Report, label.id)
    assert keyring.unseal(report.label, report.envelope) == {"story": "pertama"}


@pytest.mark.parametrize(
    "change", [{"kind": "addition"}, {"kecamatan": None}, {"danger": True}, {"language": "id"}], ids=str
)
def test_a_used_id_with_another_label_is_refused(app, client, change):
    label = a_label()
    body = a_letter(app, label)
    post(client, body)
    lines = replace(label, **change).canonical()
    envelope_ = body[2 + len(label.canonical()) :]
    assert post(client, len(lines).to_bytes(2, "big") + lines + envelope_).status_code == 422
    assert (how_many(Report), how_many(Addition), how_many(Receipt)) == (1, 0, 1)


def test_an_addition_to_a_number_nobody_has_is_a_report_of_its_own(app, client):
    label = a_label(kind="addition")
    assert post(client, a_letter(app, label)).json == {"receipt": str(label.id)}
    assert how_many(Report) == 1


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "new-number"}, {"kind": "gosip"}, {"language": "jv"}, {"kecamatan": "36.73.99"}, {"kecamatan": "00"},
        {"schema": 99}, {"schema": -5}, {"lookup": b"short"},
    ],
    ids=str,
)  # fmt: skip
def test_a_label_the_forms_do_not_write_is_refused(app, client, parts):
    assert post(client, a_letter(app, a_label(**parts))).status_code == 422
    assert how_many(Report) == 0


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", b"\x00\x00", b"\xff\xff", b"\x00\x05hello", bytes(500), b"\xff" * 500, b"teks saja", b'{"a": 1}'],
    ids=repr,
)  # fmt: skip
def test_junk_is_refused(client, body):
    assert post(client, body).status_code == 422
    assert how_many(Report) == 0


def test_a_letter_cut_anywhere_breaks_nothing(app, client):
    body = a_letter(app, a_label(id=UUID(int=1)))
    for size in range(0, len(body) - 1, 7):
        assert post(client, body[:size]).status_code in (200, 422), size
    assert how_many(Report) <= 1


def test_an_enormous_letter_is_too_big(client):
    answer = post(client, b"\x00" * (LARGEST + 1))
    assert (answer.status_code, answer.location) == (303, "/maaf/413")
    assert client.get(answer.location).status_code == 413


def test_a_letter_needs_no_session_and_leaves_no_cookie(app, client):
    label = a_label()
    for body in (a_letter(app, label), a_letter(app, label), b"junk"):
        answer = post(client, body)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert str(label.lookup.hex()) not in answer.get_data(as_text=True)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_site_cannot_send_letters(app, client, site):
    assert post(client, a_letter(app, a_label()), **{"Sec-Fetch-Site": site}).status_code == 403
    assert how_many(Report) == 0


def test_the_office_is_told_of_a_letter_that_does_not_open_and_keeps_it(app, client):
    from pwa import unpacking

    label = a_label()
    body = bytearray(a_letter(app, label))
    body[-1] ^= 1
    assert post(client, bytes(body)).status_code == 200
    unpacking.unpack_arrived()
    assert db.session.get(Report, label.id).unreadable
    assert filing.hash_of(bytes(body)) == db.session.get(Report, label.id).body_hash
