"""What the office answers: closed to the number she holds, so only she can read it from outside.

Answers belong to one receipt. A number that somebody else made for her is a hand-over number: until she has taken
her own, it only ever says "please get in touch".
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ForeignKey, LargeBinary, Select, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import clock, db, listeners, subscriptions
from pwa.push import Subject
from pwa.receipts import Receipt, Stretched
from pwa.vault import Sealed


class Sort(StrEnum):
    REPLY = "reply"
    NEXT_STEP = "next-step"
    OFFER = "offer"  # a time she may say yes to, or the one that was agreed
    MOVE = "move"  # another time for what was agreed
    GET_IN_TOUCH = "get-in-touch"  # the only one a hand-over number may carry; its words live on her page


class NoReplyKey(Exception):
    """The envelope of this report has not been opened yet, so nothing can be closed to its number."""


class HandoverOnly(Exception):
    """Somebody made this number for her; only "please get in touch" may wait behind it."""


class Incomplete(Exception):
    """An answer came in between: the phone must look again before it moves them."""


class ReplyKey(db.Model):
    """The office's copy of the key of one receipt, taken out of the envelope by `pwa unpack`."""

    __tablename__ = "reply_key"

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    key_version: Mapped[int]
    key: Mapped[str] = mapped_column(Sealed("reply_key.key"))


class Answer(db.Model):
    __tablename__ = "answer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    sort: Mapped[Sort] = mapped_column(db.words(Sort))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    said: Mapped[str] = mapped_column(
        Sealed("answer.said"), deferred=True
    )  # the office's copy; outside it stays shut
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


@dataclass(frozen=True)
class Shown:
    """An answer on her page: opened here, or still shut for her phone to open."""

    id: UUID
    sort: Sort
    at: datetime
    box: bytes
    text: str | None


def answer(receipt: Receipt, text: str, *, sort: Sort, by: UUID, urgent: bool = False) -> Answer:
    """Close `text` to this receipt and tell whichever phone of hers wants to know. Raises `HandoverOnly`, `NoReplyKey`."""
    if receipt.handover and sort is not Sort.GET_IN_TOUCH:
        raise HandoverOnly
    held = db.session.get(ReplyKey, receipt.id)
    if held is None or held.key_version != receipt.key_version:
        raise NoReplyKey
    id = uuid4()
    box = _close(bytes.fromhex(held.key), id, text)
    row = Answer(id=id, receipt_id=receipt.id, sort=sort, box=box, said=text, by_id=by)
    db.session.add(row)
    subject = Subject.VISIT_MOVED if sort is Sort.MOVE else Subject.NEW_MESSAGE
    listeners.tell(receipt.id, subject, urgent=urgent)
    return row


def for_office(receipt_id: UUID) -> Select[tuple[Answer]]:
    """With the office's own copy of the words."""
    query = select(Answer).where(Answer.receipt_id == receipt_id).order_by(Answer.at)
    return query.options(undefer(Answer.said))


def said_by(receipt_id: UUID) -> Select[tuple[UUID]]:
    return select(Answer.by_id).where(Answer.receipt_id == receipt_id)


def read(receipt: Receipt, reply_key: bytes | None) -> list[Shown]:
    """Newest first; without the key they stay shut."""
    query = select(Answer).where(Answer.receipt_id == receipt.id).order_by(Answer.at.desc())
    return [
        Shown(row.id, row.sort, row.at, row.box, _open(reply_key, row) if reply_key else None)
        for row in db.session.scalars(query)
    ]


def change_number(receipt: Receipt, old: Stretched, new: Stretched) -> None:
    """The old number is unknown from now on; what was answered moves to the new one. The caller tells the office."""
    moved = {row.id: _close(new.reply_key, row.id, _open(old.reply_key, row)) for row in _of(receipt)}
    move(receipt, new.lookup, moved)


def move(receipt: Receipt, lookup: bytes, boxes: Mapping[UUID, bytes], *, phone: bytes = b"") -> None:
    """The same for a phone that closed every answer anew by itself. Raises `Incomplete`.

    Whoever has seen the old number may have had a phone called for it: only the one she does this with (its mark) stays.
    """
    rows = _of(receipt)
    if {row.id for row in rows} != set(boxes):
        raise Incomplete
    for row in rows:
        row.box = boxes[row.id]
    receipt.lookup = lookup
    receipt.key_version += 1
    receipt.handover = False
    subscriptions.forget_receipt(receipt.id, but=phone)


def _of(receipt: Receipt) -> list[Answer]:
    return list(db.session.scalars(select(Answer).where(Answer.receipt_id == receipt.id)))


def _close(key: bytes, id: UUID, text: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), b"saling-sapa/answer" + id.bytes)


def _open(key: bytes, row: Answer) -> str:
    return AESGCM(key).decrypt(row.box[:12], row.box[12:], b"saling-sapa/answer" + row.id.bytes).decode()
