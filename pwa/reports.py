"""What people tell us: received sealed, exactly once, and kept under one receipt.

A report and everything added to it are envelopes with a label. This module never opens one.
"""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, receipts
from pwa.envelope import Label
from pwa.receipts import Receipt


class State(StrEnum):
    RECEIVED = "received"
    TRIAGED = "triaged"
    WAITING = "waiting-for-her"
    HANDED_OVER = "handed-over"
    MERGED = "merged"
    CLOSED = "closed-without-case"
    SPAM = "spam"
    REOPENED = "reopened"


class Level(StrEnum):
    """How soon somebody must act; the order is the order of urgency."""

    DARURAT = "darurat"
    TINGGI = "tinggi"
    SEDANG = "sedang"
    RENDAH = "rendah"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


UNTRIAGED_RANK = 1  # what nobody has weighed yet stands beside "tinggi"
TRIAGE_WITHIN = timedelta(hours=24)
OPEN = (State.RECEIVED, State.REOPENED, State.TRIAGED, State.WAITING)


class Channel(StrEnum):
    APP = "app"
    DESK = "desk"


class Kind(StrEnum):
    REPORT = "report"
    ADDITION = "addition"
    NEW_NUMBER = "new-number"


class OtherBody(Exception):
    """This id was already used for something else; nothing was changed."""


class _Told:
    """The columns every envelope has, in the clear because routing and opening need them."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    lookup: Mapped[bytes] = mapped_column(
        LargeBinary(32)
    )  # as the label said; the receipt's own may change later
    kecamatan: Mapped[str | None] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8))
    danger: Mapped[bool]
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    schema: Mapped[int]
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    unpacked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    unreadable: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> Label:
        return Label(
            id=self.id, kind=self.kind, lookup=self.lookup, kecamatan=self.kecamatan, language=self.language,
            danger=self.danger, written_at=self.written_at, schema=self.schema,
        )  # fmt: skip


class Report(_Told, db.Model):
    """`level` is a person's word; `suggested` only what the answers point to."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_open", "state", "rank", "due_at"),)

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    channel: Mapped[Channel] = mapped_column(db.words(Channel), default=Channel.APP)
    filed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[State] = mapped_column(db.words(State), default=State.RECEIVED)
    level: Mapped[Level | None] = mapped_column(db.words(Level))
    suggested: Mapped[Level | None] = mapped_column(db.words(Level))
    child: Mapped[bool | None]
    about_sexual: Mapped[bool | None]
    safe_days: Mapped[int | None]
    safe_hours: Mapped[int | None]
    happened_on: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    rank: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"))
    spam_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    spam_confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    spam_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class Addition(_Told, db.Model):
    """More to the same report, or word that she has taken another number."""

    __tablename__ = "addition"

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    read_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


def receive(
    label: Label, envelope: bytes, *, body_hash: bytes, handover: bool = False,
    channel: Channel = Channel.APP, filed_by: UUID | None = None,
) -> Report:  # fmt: skip
    """File a report; receiving the same id again changes nothing. The caller commits.

    Raises `OtherBody` for a used id with another body, `receipts.NumberTaken` for a used number.
    """
    if report := _already(Report, label.id, body_hash):
        return report
    report = Report(
        **_columns(label, envelope, body_hash), receipt_id=uuid4(), channel=channel, filed_by_id=filed_by,
        suggested=Level.DARURAT if label.danger else None, rank=0 if label.danger else UNTRIAGED_RANK,
        due_at=clock.now() + (timedelta() if label.danger else TRIAGE_WITHIN),
    )  # fmt: skip
    return _insert_once(report, lambda: receipts.issue(report.receipt_id, label.lookup, handover=handover))


def add(label: Label, envelope: bytes, *, body_hash: bytes) -> Report | Addition:
    """Add to what this number already told. The caller commits.

    A number nobody knows starts a report of its own: refusing would lose what she wrote and tell a guesser something.
    Raises `OtherBody`.
    """
    if addition := _already(Addition, label.id, body_hash) or _already(Report, label.id, body_hash):
        return addition
    receipt = receipts.find(label.lookup)
    if receipt is None:
        return receive(label, envelope, body_hash=body_hash)
    addition = _insert_once(Addition(receipt_id=receipt.id, **_columns(label, envelope, body_hash)))
    if label.kind == Kind.ADDITION:
        bring_forward(receipt, danger=label.danger)
    return addition


def of_receipt(receipt: Receipt) -> list[Report]:
    return list(db.session.scalars(select(Report).where(Report.receipt_id == receipt.id)))


def bring_forward(receipt: Receipt, *, danger: bool = False) -> None:
    """Whatever became of it, a new message brings it back before somebody's eyes."""
    for report in of_receipt(receipt):
        if report.state not in OPEN:
            report.state = State.REOPENED
            report.spam_by_id = report.spam_confirmed_by_id = report.spam_at = None
        report.due_at = clock.now()
        if danger:
            report.rank = Level.DARURAT.rank


def _already(model: type, id: UUID, body_hash: bytes):
    table = model.__table__
    if db.session.scalar(select(table.c.id).where(table.c.id == id)) is None:
        return None  # nearly always, and far cheaper than to look for a whole row that is not there
    row = db.session.get(model, id)
    if not hmac.compare_digest(row.body_hash, body_hash):
        raise OtherBody
    return row


def _insert_once(row, before: Callable[[], None] = lambda: None):
    """Twenty identical requests at once: one inserts, the others find its row."""
    try:
        with db.session.begin_nested():
            before()
            db.session.add(row)
    except IntegrityError:
        if found := _already(type(row), row.id, row.body_hash):
            return found
        raise receipts.NumberTaken from None
    return row


def _columns(label: Label, envelope: bytes, body_hash: bytes) -> dict[str, object]:
    return {
        "id": label.id, "kind": label.kind, "lookup": label.lookup, "kecamatan": label.kecamatan, "language": label.language,
        "danger": label.danger, "written_at": label.written_at, "schema": label.schema, "envelope": envelope,
        "body_hash": body_hash,
    }  # fmt: skip


def hash_of(body: bytes) -> bytes:
    return sha256(body).digest()
