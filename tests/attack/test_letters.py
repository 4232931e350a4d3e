"""Letters by somebody who wrote their own program: the letter box and the office take anything and break over nothing."""

import os
from random import Random
from uuid import UUID

import pytest

from pwa import clock, db, envelope, unpacking
from pwa.envelope import Label
from pwa.forms.desk import DeskForm
from pwa.reports import Addition, Report
from tests.attack import junk
from tests.house import NOBODY, SAME_SITE, a_house, count

HOW_MANY = int(os.environ.get("PWA_FUZZ", "2000")) // 20
SEED = os.environ.get("PWA_FUZZ_SEED", "saling sapa")
NAMES = [field.name for field in DeskForm()] + ["variant", "reply_key", "key_version", "photo", "audio"]
REJECTED = (303, 422)


@pytest.fixture
def house(app):
    return a_house(app)


def a_label(rng: Random, **parts) -> Label:
    defaults = {
        "id": junk.an_id(rng), "kind": rng.choice(("report", "report", "addition")), "lookup": rng.randbytes(32),
        "kecamatan": rng.choice((None, "36.73.01")), "language": rng.choice(("id", "ban")), "danger": rng.random() < 0.3,
        "written_at": clock.now().replace(microsecond=0),
    }  # fmt: skip
    return Label(**(defaults | parts))


def closed(house, label: Label, inside: bytes) -> bytes:
    key = house.app.config["SEALER"].key
    return envelope.seal_bytes(envelope._pad(inside), label.canonical(), key.id, key.key)


def letter(canonical: bytes, sealed: bytes) -> bytes:
    return len(canonical).to_bytes(2, "big") + canonical + sealed


def post(house, body: bytes):
    return house.visitor(NOBODY).post(
        "/kirim", data=body, headers=SAME_SITE, content_type="application/octet-stream"
    )


def test_whatever_is_inside_a_letter_the_office_can_go_on_working(house):
    rng = Random(SEED)
    sent: list[UUID] = []
    for _ in range(HOW_MANY):
        label = a_label(rng)
        body = letter(label.canonical(), closed(house, label, junk.told(rng, NAMES)))
        answer = post(house, body)
        assert (answer.status_code, answer.json) == (200, {"receipt": str(label.id)})
        sent.append(label.id)
    while unpacking.unpack_arrived():
        pass
    db.session.remove()
    for role in ("penerima", "manajer"):
        officer = house.visitor(role)
        for tab in ("", "?saring=baru", "?saring=terbuka"):
            officer.page(f"/kantor/laporan{tab}")
        for id in sent:
            for page in ("", "/triase", "/jawaban", "/langkah", "/kontak"):
                answer = officer.get(f"/kantor/laporan/{id}{page}")
                assert answer.status_code == 200, (
                    f"letter {sent.index(id)} of seed {SEED!r}: {page} {answer.status}"
                )
    assert count(Report) == HOW_MANY + 1


@pytest.mark.parametrize("written", [0, 1, -1, 253402300799, 253402214400, -62135596800, -62135510400])
def test_a_clock_that_is_wrong_by_ages_hides_nothing(house, written):
    from datetime import UTC, datetime

    rng = Random(SEED)
    label = a_label(rng, kind="report", written_at=datetime.fromtimestamp(written, UTC))
    answer = post(house, letter(label.canonical(), closed(house, label, b'{"story":"x"}')))
    assert answer.status_code in (200, *REJECTED)
    if answer.status_code == 200:
        unpacking.unpack_arrived()
        db.session.remove()
        for page in ("", f"/{label.id}", f"/{label.id}/kontak"):
            house.visitor("penerima").page(f"/kantor/laporan{page}")


def test_a_letter_with_one_wrong_byte_is_refused_or_says_so_in_the_office(house):
    rng = Random(SEED)
    for _ in range(HOW_MANY):
        label = a_label(rng)
        body = bytearray(letter(label.canonical(), closed(house, label, b'{"story":"x"}')))
        at = rng.randrange(len(body))
        match rng.randrange(3):
            case 0:
                body[at] ^= 1 << rng.randrange(8)
            case 1:
                del body[at : at + rng.randrange(1, 200)]
            case _:
                body[at:at] = junk.raw(rng)
        answer = post(house, bytes(body))
        assert answer.status_code in (200, *REJECTED), answer.status
        assert answer.location in (None, "/maaf/413"), answer.location
    while unpacking.unpack_arrived():
        pass
    assert count(Report) >= 1


def test_a_label_that_was_never_ours_is_refused(house):
    rng = Random(SEED)
    for _ in range(HOW_MANY):
        canonical = junk.broken(rng, a_label(rng).canonical().decode()).encode("utf-8", "surrogatepass")
        answer = post(house, letter(canonical[:60_000], b"\x01" + bytes(200)))
        assert answer.status_code in (200, *REJECTED), f"{canonical!r}: {answer.status}"
        assert answer.location in (None, "/maaf/413"), canonical


@pytest.mark.parametrize("inside", [b'{"reply_key": "' + b"a" * 64 + b'", "key_version": 9999}'])
def test_a_stranger_who_does_not_hold_the_number_cannot_take_over_its_answers(house, inside):
    """The look-up id is in nobody's hands but hers; a letter to another one touches nothing of hers."""
    from pwa.answers import ReplyKey

    rng = Random(SEED)
    before = db.session.get(ReplyKey, db.session.get(Report, house.report).receipt_id)
    key = before and before.key
    db.session.remove()
    label = a_label(rng, kind="addition")
    post(house, letter(label.canonical(), closed(house, label, inside)))
    while unpacking.unpack_arrived():
        pass
    after = db.session.get(ReplyKey, db.session.get(Report, house.report).receipt_id)
    assert (after and after.key) == key
    assert count(Addition) == 0
