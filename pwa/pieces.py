"""A letter too large for one breath of a bad link: it comes in pieces, and goes on where it was cut (as in tus 1.0).

Whoever began it goes on with it: its id is random, and each piece carries a key that was made with the letter. What is
not whole after a day is forgotten.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import attachments, clock, db, filing, letter, receipts
from pwa.attachments import LARGEST, Kind

KEPT_FOR = timedelta(hours=24)
SMALLEST = 1_000  # but for the last: a letter in single bytes would be millions of rows
AT_ONCE = 3  # unfinished ones of one number; a new one takes the place of the oldest


class Elsewhere(Exception):
    """This piece does not begin where the last one ended."""


class Upload(db.Model):
    """`id` is the letter's own; `done` how many of its `size` bytes are here. Without a receipt no byte is kept."""

    __tablename__ = "upload"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id"), index=True)
    size: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now, index=True)

    @property
    def is_whole(self) -> bool:
        return self.done == self.size


class Piece(db.Model):
    __tablename__ = "piece"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def find(id: UUID, key: bytes) -> Upload | None:
    """Held until the commit; `None` also for another's."""
    query = select(Upload).where(Upload.id == id).with_for_update().execution_options(populate_existing=True)
    upload = db.session.scalars(query).first()
    return upload if upload and compare_digest(upload.key_hash, _hash(key)) else None


def begin(id: UUID, key: bytes, first: bytes, *, size: int, room: bool) -> Upload:
    """With the first piece, whose label says whose it is. Raises `NotALetter`, `OtherBody`, `NoRoom`, `TooMany`."""
    label, _ = letter.read(first)
    if (
        label.id != id
        or not attachments.is_label(label, Kind.AUDIO)
        or not len(first) <= size <= LARGEST[Kind.AUDIO]
    ):
        raise letter.NotALetter
    receipt = receipts.find(label.lookup, for_change=True)
    if not room:
        raise attachments.NoRoom
    if receipt is not None:
        attachments.next_place(receipt, Kind.AUDIO)
        _make_way(receipt.id)
    row = {"id": id, "key_hash": _hash(key), "receipt_id": receipt and receipt.id, "size": size}
    if not db.insert_new(Upload, row):
        raise filing.OtherBody
    return db.session.get_one(Upload, id)


def go_on(upload: Upload, at: int, content: bytes) -> None:
    """Keep one piece; with the last one the letter is received. The caller commits.

    Raises `Elsewhere`, `NotALetter`, and what `attachments.receive` raises.
    """
    if at != upload.done:
        raise Elsewhere
    if upload.is_whole:
        return
    left = upload.size - at
    if not min(SMALLEST, left) <= len(content) <= left:
        raise letter.NotALetter
    if upload.receipt_id:
        db.session.add(Piece(upload_id=upload.id, at=at, content=content))
    upload.done += len(content)
    if upload.is_whole and upload.receipt_id:
        _receive(upload)


def purge() -> None:
    db.session.execute(delete(Upload).where(Upload.began_at <= clock.now() - KEPT_FOR))


def _receive(upload: Upload) -> None:
    db.session.flush()
    mine = Piece.upload_id == upload.id
    body = b"".join(db.session.scalars(select(Piece.content).where(mine).order_by(Piece.at)))
    label, sealed = letter.read(body)
    attachments.receive(
        label, sealed, body_hash=filing.hash_of(body), room=True
    )  # looked at in the beginning
    db.session.execute(delete(Piece).where(mine))


def _make_way(receipt_id: UUID) -> None:
    unfinished = select(Upload.id).where(Upload.receipt_id == receipt_id, Upload.done < Upload.size)
    oldest = unfinished.order_by(Upload.began_at.desc()).offset(AT_ONCE - 1)
    db.session.execute(delete(Upload).where(Upload.id.in_(oldest)))


def _hash(key: bytes) -> bytes:
    return sha256(key).digest()
