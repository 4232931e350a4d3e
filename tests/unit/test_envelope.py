"""The sealed envelope: it opens for the office, under the label it was sealed with, or not at all."""

import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as some

from pwa import envelope
from pwa.envelope import Label, Unreadable

KEY_ID = b"k" * 8
PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
HELD = {KEY_ID: PRIVATE}
LABEL = Label(
    id=UUID("00000000-0000-4000-8000-000000000001"),
    kind="report",
    lookup=bytes(range(32)),
    kecamatan="36.73.01",
    language="ban",
    danger=True,
    written_at=datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC),
)


def sealed(told, label=LABEL) -> bytes:
    return envelope.seal(label, told, KEY_ID, PRIVATE.public_key())


@given(some.dictionaries(some.text(max_size=20), some.text(max_size=300), max_size=5))
def test_whatever_is_told_is_read_as_it_was_told(told):
    assert envelope.unseal(LABEL, sealed(told), HELD) == told


@pytest.mark.parametrize(
    "change",
    [
        {"id": UUID(int=2)},
        {"kind": "addition"},
        {"lookup": bytes(32)},
        {"kecamatan": None},
        {"kecamatan": "36.73.02"},
        {"language": "id"},
        {"danger": False},
        {"written_at": LABEL.written_at + timedelta(seconds=1)},
        {"schema": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_label_keeps_the_envelope_shut(change):
    assert envelope.unseal(LABEL, sealed({}), HELD) == {}
    with pytest.raises(Unreadable):
        envelope.unseal(dataclasses.replace(LABEL, **change), sealed({}), HELD)


def test_the_label_is_written_down_as_the_browser_writes_it():
    """The script on the phone builds the same lines; change both or nothing opens."""
    assert LABEL.canonical().decode().split("\n") == [
        "saling-sapa/1",
        "00000000-0000-4000-8000-000000000001",
        "report",
        bytes(range(32)).hex(),
        "36.73.01",
        "ban",
        "ya",
        "1795316645",
        "1",
    ]


@pytest.mark.parametrize("at", [0, 1, 9, 20, 80, -1])
def test_one_changed_bit_is_noticed(at):
    changed = bytearray(sealed({"story": "x"}))
    changed[at] ^= 1
    with pytest.raises(Unreadable):
        envelope.unseal(LABEL, bytes(changed), HELD)


@given(some.binary(max_size=400))
def test_no_bytes_from_a_stranger_do_more_than_stay_shut(rubbish):
    for candidate in (rubbish, bytes([envelope.VERSION]) + KEY_ID + rubbish):
        with pytest.raises(Unreadable):
            envelope.unseal(LABEL, candidate, HELD)


def test_an_envelope_for_another_key_stays_shut():
    with pytest.raises(Unreadable):
        envelope.unseal(LABEL, sealed({}), {b"other id": PRIVATE})
    with pytest.raises(Unreadable):
        envelope.unseal(LABEL, sealed({}), {KEY_ID: ec.derive_private_key(8, ec.SECP256R1())})


def test_what_opens_but_is_not_what_we_seal_is_unreadable_too():
    for inside in (b"", b"[]", b"\x00\x00\x00\x02[]", b"\xff\xff\xff\xff{}", b"\x00\x00\x00\x02{\xff"):
        strange = envelope.seal_bytes(inside, LABEL.canonical(), KEY_ID, PRIVATE.public_key())
        with pytest.raises(Unreadable):
            envelope.unseal(LABEL, strange, HELD)


def test_the_length_tells_only_the_number_of_blocks():
    lengths = {len(sealed({"story": "x" * count})) for count in range(0, 490, 35)}
    assert len(lengths) == 1
    assert len(sealed({"story": "x" * 600})) == lengths.pop() + envelope.BLOCK


def test_an_enormous_envelope_is_refused_before_anything_is_opened():
    with pytest.raises(Unreadable):
        envelope.key_id_of(bytes([envelope.VERSION]) * (envelope.LARGEST + 1))
