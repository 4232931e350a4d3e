"""What people tell us: received sealed, exactly once, and kept under one receipt.

A report and everything added to it are envelopes with a label. This module never opens one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, filing, ladder, push, receipts
from pwa.envelope import Label
from pwa.filing import Filed, Kind, SafeHours
from pwa.ladder import Cause
from pwa.levels import Level
from pwa.push import Subject
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


UNTRIAGED_RANK = 1  # what nobody has weighed yet stands beside "tinggi"
TRIAGE_WITHIN = timedelta(hours=24)
OPEN = (State.RECEIVED, State.REOPENED, State.TRIAGED, State.WAITING)


class Channel(StrEnum):
    APP = "app"
    DESK = "desk"
    KADER = "kader"


_MERGED = text("merged_into_id IS NOT NULL")


class Report(SafeHours, Filed, db.Model):
    """`level` is a person's word; `suggested` only what the answers point to."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_urgency", "state", "rank", "due_at", "id"),
        Index("ix_report_age", "state", "received_at", "id"),
        Index("ix_report_merged", "merged_into_id", postgresql_where=_MERGED, sqlite_where=_MERGED),
    )

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


class Addition(Filed, db.Model):
    """More to the same report, or word that she has taken another number."""

    __tablename__ = "addition"

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    read_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


def receive(
    label: Label, envelope: bytes, *, body_hash: bytes, handover: bool = False,
    channel: Channel = Channel.APP, filed_by: UUID | None = None,
) -> None:  # fmt: skip
    """File a report; receiving the same id again changes nothing. The caller commits.

    Raises `filing.OtherBody` for a used id with another body, `receipts.NumberTaken` for a used number: then roll back.
    """
    receipt_id = uuid4()
    if not receipts.issue(receipt_id, label.lookup, handover=handover):
        if filing.is_here(Report, label.id, body_hash):
            return
        raise receipts.NumberTaken
    told = filing.columns(label, envelope, body_hash) | {
        "receipt_id": receipt_id, "channel": channel, "filed_by_id": filed_by,
        "suggested": Level.DARURAT if label.danger else None, "rank": 0 if label.danger else UNTRIAGED_RANK,
        "due_at": clock.now() + (timedelta() if label.danger else TRIAGE_WITHIN),
    }  # fmt: skip
    if not db.insert_new(Report, told):
        raise filing.OtherBody
    _wake(label.id, Subject.NEW_REPORT, danger=label.danger)


def add(label: Label, envelope: bytes, *, body_hash: bytes) -> None:
    """Add to what this number already told. The caller commits.

    A number nobody knows starts a report of its own: refusing would lose what she wrote and tell a guesser something.
    Raises `filing.OtherBody`.
    """
    if any(filing.is_here(model, label.id, body_hash) for model in (Addition, Report)):
        return
    receipt = receipts.find(label.lookup)
    if receipt is None:
        return receive(label, envelope, body_hash=body_hash)
    told = filing.columns(label, envelope, body_hash) | {"receipt_id": receipt.id}
    if not db.insert_new(Addition, told):
        filing.is_here(Addition, label.id, body_hash)
    elif label.kind == Kind.ADDITION:
        bring_forward(receipt, danger=label.danger)


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
        _wake(report.id, Subject.NEW_MESSAGE, danger=danger, taken_by=report.taken_by_id)


def _wake(id: UUID, subject: Subject, *, danger: bool, taken_by: UUID | None = None) -> None:
    """Danger rings until somebody takes it; anything else calls whoever has taken the report, or is on call."""
    if danger:
        ladder.call(id, Cause.DANGER)
    else:
        push.promise(subject, to=taken_by, path="/kantor/laporan")
