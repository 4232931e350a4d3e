"""Photos added to what was told: few, small, sealed on the way in, and opened only to be handed to staff.

They come after the receipt, never with the report: no picture may cost her the words.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import clock, clocks, db, envelope, filing, keyring, receipts, reports
from pwa.envelope import Label, Unreadable
from pwa.filing import OtherBody
from pwa.keys import PublicKey
from pwa.reports import Report

KIND = "photo"
MOST = 10
LARGEST = 400_000  # one letter, label and all
_JPEG = b"\xff\xd8\xff"


class TooMany(Exception):
    """This number has brought all the photos it may."""


class NoRoom(Exception):
    """The disk is nearly full; what is left is kept for words."""


class Photo(db.Model):
    """`label` is what travelled in the clear. `size` and `unreadable` are known once somebody has looked."""

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("receipt_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"))
    position: Mapped[int]
    label: Mapped[bytes] = mapped_column(LargeBinary)
    envelope: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    size: Mapped[int | None]
    unreadable: Mapped[bool] = mapped_column(default=False)


def is_label(label: Label) -> bool:
    """A photo says neither where nor how urgent; the report did."""
    return label.kind == KIND and label.kecamatan is None and not label.danger


def has_room(folder: Path, *, free_mb: int) -> bool:
    return shutil.disk_usage(folder).free >= free_mb * 1024**2


def receive(label: Label, sealed: bytes, *, body_hash: bytes, room: bool) -> None:
    """Keep one photo with its number; the same again changes nothing. The caller commits.

    For a number nobody knows nothing is kept and nothing is said: a guesser learns nothing and fills no disk.
    Raises `OtherBody`, `NoRoom`, `TooMany`.
    """
    if filing.is_here(Photo, label.id, body_hash):
        return
    receipt = receipts.find(label.lookup, for_change=True)
    if filing.is_here(Photo, label.id, body_hash):  # the same bytes came in a moment before these
        return
    if not room:
        raise NoRoom
    if receipt is None:
        return
    taken = db.session.scalar(select(func.count(Photo.id)).where(Photo.receipt_id == receipt.id))
    if taken >= MOST:
        raise TooMany
    photo = {
        "id": label.id, "receipt_id": receipt.id, "position": taken + 1, "label": label.canonical(), "envelope": sealed,
        "body_hash": body_hash,
    }  # fmt: skip
    if not db.insert_new(
        Photo, photo
    ):  # the same id under two numbers at once: our page never made one of them
        raise OtherBody
    reports.bring_forward(receipt)


def put(
    id: UUID, content: bytes, lookup: bytes, key: PublicKey, *, language: str, body_hash: bytes, room: bool
) -> None:
    """Seal and receive a photo that a browser could not seal by itself. Raises what `receive` raises."""
    label = Label(
        id=id, kind=KIND, lookup=lookup, kecamatan=None, language=language, danger=False,
        written_at=clock.now().replace(microsecond=0),
    )  # fmt: skip
    receive(label, envelope.seal_file(label, content, key.id, key.key), body_hash=body_hash, room=room)


def look_through(report: Report, found: Sequence[Photo]) -> None:
    """All that came with this number, now before somebody's eyes; each is opened once to see whether it opens."""
    if any(photo.read_at is None for photo in found):
        report.due_at = clocks.duty_due(report)
    for photo in _with_envelopes([photo for photo in found if photo.read_at is None or photo.unreadable]):
        _look_at(photo)


def of(report: Report) -> Select[tuple[Photo]]:
    return select(Photo).where(Photo.receipt_id == report.receipt_id).order_by(Photo.position)


def find(report: Report, position: int) -> Photo | None:
    query = of(report).where(Photo.position == position).options(undefer(Photo.envelope))
    return db.session.scalars(query).first()


def open_(photo: Photo) -> bytes:
    """The picture, which is never decoded here. Raises `Unreadable`, also for anything but a JPEG."""
    content = keyring.unseal_file(Label.read(photo.label), photo.envelope)
    if not content.startswith(_JPEG):
        raise Unreadable("not a picture of ours")
    return content


def _with_envelopes(few: Sequence[Photo]) -> Sequence[Photo]:
    """Fetched at once, and only for those that must be opened."""
    query = select(Photo).where(Photo.id.in_([photo.id for photo in few])).options(undefer(Photo.envelope))
    return db.session.scalars(query).all() if few else ()


def _look_at(photo: Photo) -> None:
    photo.read_at = photo.read_at or clock.now()
    try:
        photo.size = len(open_(photo))
    except Unreadable:
        photo.unreadable = True
    else:
        photo.unreadable = False
