"""Photos keep to their number, stay few, tell nothing about place and owner, and open in the office alone."""

import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from pwa import (
    attachments,
    backup,
    clock,
    db,
    envelope,
    filing,
    keyring,
    keys,
    pictures,
    receipts,
    spam,
    telling,
    unpacking,
)
from pwa.attachments import Attachment, Kind, NoRoom, TooMany
from pwa.envelope import Label, Unreadable
from pwa.filing import OtherBody
from pwa.reports import State
from pwa.vault import Locked
from tests.factories import a_report, an_account
from tests.house import everything_in
from tests.pictures import CORNERS, PRETENDERS, a_bomb, a_photo, corners_of, is_bare
from tests.rules.test_queries import counted


@pytest.fixture
def number():
    return receipts.new_number()


@pytest.fixture
def report(office, number):
    report = a_report(office, number, story="dia memukul")
    unpacking.unpack_arrived()
    return report


@pytest.fixture
def lookup(office, number):
    return telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds).stretch(number).lookup


@pytest.fixture
def send(office, lookup):
    """One photo by her phone: `send()`."""

    def send(
        content: bytes = b"\xff\xd8\xff foto", id=None, body_hash: bytes = b"h" * 32, room=True, to=None
    ):
        key = keys.sealing_key(office.key_dir)
        how = {"language": "id", "body_hash": body_hash, "room": room}
        attachments.put(id or uuid4(), Kind.PHOTO, content, to or lookup, key, **how)
        db.session.commit()

    return send


def looked_through(report) -> list[Attachment]:
    found = db.session.scalars(attachments.of(report)).all()
    attachments.look_through(report, found)
    return found


def how_many() -> int:
    return db.session.scalar(select(func.count(Attachment.id)))


def test_a_photo_reaches_the_report_and_opens_for_the_office(report, send):
    send(b"\xff\xd8\xff one")
    send(b"\xff\xd8\xff two")
    first, second = looked_through(report)
    assert (first.position, second.position) == (1, 2)
    assert (attachments.open_(first), first.size, first.unreadable) == (b"\xff\xd8\xff one", 7, False)
    assert attachments.open_(attachments.find(report, Kind.PHOTO, 2)) == b"\xff\xd8\xff two"
    assert attachments.find(report, Kind.PHOTO, 3) is None


def test_ten_photos_are_looked_through_in_two_questions_and_afterwards_in_one(report, send):
    for _ in range(attachments.MOST[Kind.PHOTO]):
        send()
    for questions in (2, 1):
        db.session.expunge_all()
        with counted() as said:
            assert len(looked_through(report)) == attachments.MOST[Kind.PHOTO]
        assert len(said) == questions
        db.session.commit()


def test_its_length_says_little(office, report, send):
    send(b"\xff\xd8\xff" + bytes(10))
    send(b"\xff\xd8\xff" + bytes(4_000))
    small, larger = looked_through(report)
    assert len(small.envelope) == len(larger.envelope)


def test_the_same_photo_again_is_one_photo(report, send):
    id = uuid4()
    send(id=id)
    send(id=id)
    assert how_many() == 1
    with pytest.raises(OtherBody):
        send(id=id, body_hash=b"o" * 32)
    db.session.rollback()
    assert how_many() == 1


def test_ten_photos_are_enough_and_a_repeated_one_is_still_answered(report, send):
    ids = [uuid4() for _ in range(attachments.MOST[Kind.PHOTO])]
    for id in ids:
        send(id=id)
    with pytest.raises(TooMany):
        send()
    db.session.rollback()
    send(id=ids[0])
    assert how_many() == attachments.MOST[Kind.PHOTO]


def test_twenty_photos_at_once_are_ten(report, send):
    db.session.remove()
    ready = Barrier(20)

    def one(_: int) -> str:
        ready.wait(timeout=30)
        try:
            send()
        except TooMany:
            return "refused"
        finally:
            db.session.remove()
        return "taken"

    with ThreadPoolExecutor(20) as phones:
        outcomes = list(phones.map(one, range(20)))
    assert (outcomes.count("taken"), outcomes.count("refused")) == (10, 10)
    assert sorted(db.session.scalars(select(Attachment.position))) == list(range(1, 11))


def test_the_same_photo_twenty_times_at_once_is_one(report, send):
    db.session.remove()
    id, ready = uuid4(), Barrier(20)

    def one(_: int) -> None:
        ready.wait(timeout=30)
        try:
            send(id=id)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(20) as phones:
        list(phones.map(one, range(20)))
    assert how_many() == 1


def test_a_full_disk_takes_no_photo_and_every_word(office, report, send, number):
    with pytest.raises(NoRoom):
        send(room=False)
    db.session.rollback()
    sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
    sealer.add(uuid4(), "masih takut", sealer.stretch(number), language="id", body_key=b"k")
    db.session.commit()
    assert how_many() == 0


def test_room_is_what_the_disk_has_free(office):
    assert attachments.has_room(replace(office, photos_free_mb=0))
    assert not attachments.has_room(replace(office, photos_free_mb=10**9))


def test_a_photo_for_a_number_nobody_has_is_dropped_in_silence(report, send):
    send(to=bytes(32))
    assert how_many() == 0


@pytest.mark.parametrize("state", [State.SPAM, State.CLOSED, State.TRIAGED])
def test_a_photo_brings_the_report_back_before_somebodys_eyes(report, send, state):
    report.state, report.spam_by_id = state, an_account().id
    report.due_at = clock.now() + timedelta(days=2)
    db.session.commit()
    send()
    assert report.state is (State.TRIAGED if state is State.TRIAGED else State.REOPENED)
    assert report.due_at <= clock.now()
    looked_through(report)
    assert report.due_at > clock.now() or report.state is State.REOPENED


def test_photos_of_another_number_are_not_there(office, report, send):
    send()
    assert looked_through(a_report(office, story="lain")) == []


@pytest.mark.parametrize("content", [b"MZ a program", b"", b"<svg/>"])
def test_what_is_no_picture_is_never_handed_to_anybody(report, send, content):
    """Somebody may seal anything with a program of their own."""
    send(content)
    (photo,) = looked_through(report)
    assert photo.unreadable
    with pytest.raises(Unreadable):
        attachments.open_(photo)


def test_bytes_that_do_not_open_are_said_so_and_the_others_stay(report, send):
    send()
    send()
    broken = attachments.find(report, Kind.PHOTO, 1)
    broken.envelope = broken.envelope[:-1] + bytes([broken.envelope[-1] ^ 1])
    db.session.commit()
    assert [photo.unreadable for photo in looked_through(report)] == [True, False]


def test_a_photo_that_opens_again_after_a_key_came_back_is_no_alarm(office, report, send):
    send()
    held = keyring._held
    keyring.use({b"another.": None})
    assert looked_through(report)[0].unreadable
    keyring.use(held)
    assert not looked_through(report)[0].unreadable


def test_a_changed_label_does_not_open(report, send):
    send()
    photo = attachments.find(report, Kind.PHOTO, 1)
    photo.label = photo.label.replace(b"\nid\n", b"\nban\n")
    with pytest.raises(Unreadable):
        attachments.open_(photo)


def test_a_story_sealed_for_a_report_cannot_be_passed_off_as_a_photo(office, report):
    assert not attachments.is_label(report.label, Kind.PHOTO)


def test_without_the_offices_key_no_photo_opens(report, send):
    send()
    keyring.use({})
    with pytest.raises(Locked):
        attachments.open_(attachments.find(report, Kind.PHOTO, 1))


def test_nothing_of_a_photo_is_in_the_database_in_plain(database, report, send):
    send(b"\xff\xd8\xff kenari-di-dalam-foto")
    db.session.remove()
    assert b"kenari-di-dalam-foto" not in everything_in(database)


def test_what_two_people_called_spam_takes_its_photos_along_when_it_goes(office, report, send):
    one, other = an_account(), an_account("manajer")
    kept_number = receipts.new_number()
    a_report(office, kept_number, story="dia")
    send()
    sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
    send(to=sealer.stretch(kept_number).lookup)
    spam.call(report, reason="an advertisement", by=one)
    db.session.flush()
    spam.confirm(report, by=other)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert spam.purge() == 1
        db.session.commit()
    assert how_many() == 1


def test_a_backup_holds_every_photo_in_small_parts(office, report, send, tmp_path):
    for _ in range(attachments.MOST[Kind.PHOTO]):
        send()
    sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
    other = receipts.new_number()
    a_report(office, other, story="lain")
    send(to=sealer.stretch(other).lookup)
    counted = {}
    backup.write(tmp_path / "office.backup", office, counted.__setitem__)
    assert counted["attachment"] == attachments.MOST[Kind.PHOTO] + 1
    with tarfile.open(tmp_path / "office.backup") as archive:
        assert len([name for name in archive.getnames() if name.startswith("rows/attachment/")]) == 2


def test_the_largest_photo_we_make_fits_into_a_letter(office):
    key = keys.sealing_key(office.key_dir)
    label = Label(
        id=uuid4(), kind=Kind.PHOTO, lookup=bytes(32), kecamatan=None, language="ban", danger=False,
        written_at=clock.now(),
    )  # fmt: skip
    sealed = envelope.seal_file(label, bytes(pictures.LARGEST), key.id, key.key)
    assert len(label.canonical()) + 2 + len(sealed) <= attachments.LARGEST[Kind.PHOTO]
    assert envelope.key_id_of(sealed) == key.id
    assert filing.hash_of(sealed)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_phone_writes_into_a_photo_is_gone(kind):
    made = pictures.bare(a_photo(2_000, 1_500, kind=kind, tells="kenari-rumah"))
    assert is_bare(made)
    assert b"kenari" not in made
    assert len(made) <= pictures.LARGEST
    assert corners_of(made) == list(CORNERS)


def test_a_photo_held_upright_stays_upright():
    made = pictures.bare(a_photo(600, 900, turned=True))
    assert corners_of(made) == list(CORNERS)


def test_a_screenshot_with_few_colours_or_none_behind_it_can_be_sent():
    from io import BytesIO

    from PIL import Image

    for mode in ("P", "RGBA", "LA", "1", "L", "I;16"):
        file = BytesIO()
        Image.new(mode, (50, 40)).save(file, "PNG")
        assert is_bare(pictures.bare(file.getvalue())), mode
    file = BytesIO()
    Image.new("CMYK", (50, 40)).save(file, "JPEG")
    assert is_bare(pictures.bare(file.getvalue()))


def test_noise_that_hardly_gets_smaller_is_made_small_all_the_same():
    from io import BytesIO
    from random import Random

    from PIL import Image

    file = BytesIO()
    Image.frombytes("RGB", (1_600, 1_600), Random(2).randbytes(1_600 * 1_600 * 3)).save(
        file, "JPEG", quality=95
    )
    assert len(pictures.bare(file.getvalue())) <= pictures.LARGEST


@pytest.mark.parametrize("name", PRETENDERS)
def test_what_only_pretends_is_refused_by_its_content(name):
    with pytest.raises(pictures.NotAPicture):
        pictures.bare(PRETENDERS[name])


def test_a_picture_made_to_fill_the_memory_is_refused():
    for content in (a_bomb(), a_bomb(6_000, 5_000)):
        with pytest.raises(pictures.TooManyPixels):
            pictures.bare(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_torn_picture_is_refused(kind):
    whole = a_photo(kind=kind)
    for end in (12, 40, len(whole) // 2):
        with pytest.raises(pictures.Broken):
            pictures.bare(whole[:end])
