"""Photos and spoken stories added to what was told: few, small, sealed on the way in, opened only to be handed to staff.

They come after the receipt, never with the report: no file may cost her the words.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import clock, clocks, db, envelope, filing, keyring, receipts, reports, sounds
from pwa.envelope import Label, Unreadable
from pwa.filing import OtherBody
from pwa.keys import PublicKey
from pwa.receipts import Receipt
from pwa.reports import Report
from pwa.settings import Settings
from pwa.sounds import Format


class Kind(StrEnum):
    PHOTO = "photo"
    AUDIO = "audio"


MOST = {Kind.PHOTO: 10, Kind.AUDIO: 5}
LARGEST = {Kind.PHOTO: 400_000, Kind.AUDIO: 3_200_000}  # one letter, label and all
_JPEG = b"\xff\xd8\xff"


class TooMany(Exception):
    """This number has brought all the files of this kind it may."""


class NoRoom(Exception):
    """The disk is nearly full; what is left is kept for words."""


class Attachment(db.Model):
    """`label` is what travelled in the clear. `size` and `unreadable` are known once somebody has looked."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("receipt_id", "kind", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"))
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    position: Mapped[int]
    label: Mapped[bytes] = mapped_column(LargeBinary)
    envelope: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    size: Mapped[int | None]
    unreadable: Mapped[bool] = mapped_column(default=False)


def is_label(label: Label, kind: Kind) -> bool:
    """A file says neither where nor how urgent; the report did."""
    return label.kind == kind and label.kecamatan is None and not label.danger


def has_room(settings: Settings) -> bool:
    return shutil.disk_usage(settings.data_dir).free >= settings.photos_free_mb * 1024**2


def receive(label: Label, sealed: bytes, *, body_hash: bytes, room: bool) -> None:
    """Keep one file with its number; the same again changes nothing. The caller commits.

    For a number nobody knows nothing is kept and nothing is said: a guesser learns nothing and fills no disk.
    Raises `OtherBody`, `NoRoom`, `TooMany`.
    """
    if filing.is_here(Attachment, label.id, body_hash):
        return
    receipt = receipts.find(label.lookup, for_change=True)
    if filing.is_here(Attachment, label.id, body_hash):  # the same bytes came in a moment before these
        return
    if not room:
        raise NoRoom
    if receipt is None:
        return
    row = {
        "id": label.id, "receipt_id": receipt.id, "kind": label.kind, "position": next_place(receipt, Kind(label.kind)),
        "label": label.canonical(), "envelope": sealed, "body_hash": body_hash,
    }  # fmt: skip
    if not db.insert_new(
        Attachment, row
    ):  # the same id under two numbers at once: our page never made one of them
        raise OtherBody
    reports.bring_forward(receipt)


def next_place(receipt: Receipt, kind: Kind) -> int:
    """Raises `TooMany`."""
    here = Attachment.receipt_id == receipt.id, Attachment.kind == kind
    taken = db.session.scalar(select(func.count(Attachment.id)).where(*here))
    if taken >= MOST[kind]:
        raise TooMany
    return taken + 1


def put(
    id: UUID, kind: Kind, content: bytes, lookup: bytes, key: PublicKey, *, language: str, body_hash: bytes, room: bool
) -> None:  # fmt: skip
    """Seal and receive a file that a browser could not seal by itself. Raises what `receive` raises."""
    label = Label(
        id=id, kind=kind, lookup=lookup, kecamatan=None, language=language, danger=False,
        written_at=clock.now().replace(microsecond=0),
    )  # fmt: skip
    receive(label, envelope.seal_file(label, content, key.id, key.key), body_hash=body_hash, room=room)


def look_through(report: Report, found: Sequence[Attachment]) -> None:
    """All that came with this number, now before somebody's eyes; each is opened once to see whether it opens."""
    if any(each.read_at is None for each in found):
        report.due_at = clocks.duty_due(report)
    for each in _with_envelopes([each for each in found if each.read_at is None or each.unreadable]):
        _look_at(each)


def of(report: Report) -> Select[tuple[Attachment]]:
    here = Attachment.receipt_id == report.receipt_id
    return select(Attachment).where(here).order_by(Attachment.kind.desc(), Attachment.position)


def find(report: Report, kind: Kind, position: int) -> Attachment | None:
    query = of(report).where(Attachment.kind == kind, Attachment.position == position)
    return db.session.scalars(query.options(undefer(Attachment.envelope))).first()


def open_(attachment: Attachment) -> bytes:
    """The file, which is never decoded here. Raises `Unreadable`, also for what no page of ours sends."""
    content = keyring.unseal_file(Label.read(attachment.label), attachment.envelope)
    format_of(content, attachment.kind)
    return content


def format_of(content: bytes, kind: Kind) -> Format:
    """What it is by its content. Raises `Unreadable`."""
    if kind is Kind.PHOTO and content.startswith(_JPEG):
        return Format("jpg", "image/jpeg")
    try:
        return sounds.format_of(content if kind is Kind.AUDIO else b"")
    except sounds.NotASound:
        raise Unreadable("not a file of ours") from None


def _with_envelopes(few: Sequence[Attachment]) -> Sequence[Attachment]:
    """Fetched at once, and only for those that must be opened."""
    query = select(Attachment).where(Attachment.id.in_([each.id for each in few]))
    return db.session.scalars(query.options(undefer(Attachment.envelope))).all() if few else ()


def _look_at(attachment: Attachment) -> None:
    attachment.read_at = attachment.read_at or clock.now()
    try:
        attachment.size = len(open_(attachment))
    except Unreadable:
        attachment.unreadable = True
    else:
        attachment.unreadable = False
