"""Alerts: promised in the same transaction as the fact, sent later by whoever delivers.

An alert says "come and look", never what happened: there is no field in which a story could travel.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db

LASTS = timedelta(days=1)  # what nobody fetched by then is old news
_PATH = re.compile(r"/[a-z0-9/-]{0,79}")


class Subject(StrEnum):
    """Why somebody is called; it chooses one of a few dull lines and is never shown itself."""

    NEW_REPORT = "new-report"
    NEW_MESSAGE = "new-message"
    DANGER_NOW = "danger-now"
    MISSED_CLOCK = "missed-clock"
    VISIT_ASKED = "visit-asked"
    VISIT_CONFIRMED = "visit-confirmed"
    VISIT_MOVED = "visit-moved"
    VISIT_CANCELLED = "visit-cancelled"
    VISIT_REMINDER = "visit-reminder"
    VISIT_OVERDUE = "visit-overdue"
    DURESS = "duress"
    TASK = "task"
    TEST = "test"
    NEWS = "news"


class State(StrEnum):
    PROMISED = "promised"
    ADDRESSED = "addressed"  # there is a letter for each device, or nobody to write to
    CANCELLED = "cancelled"


class Alert(db.Model):
    """One promise. Neither `to_id` nor `receipt_id` means: whoever is on call when it falls due."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_due", "state", "urgent", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[Subject] = mapped_column(db.words(Subject))
    to_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(String(80))
    urgent: Mapped[bool]
    state: Mapped[State] = mapped_column(db.words(State))
    promised_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    until: Mapped[datetime] = mapped_column(db.UtcDateTime)


def promise(
    subject: Subject, *, to: UUID | None = None, receipt_id: UUID | None = None, path: str,
    at: datetime | None = None, until: datetime | None = None, urgent: bool = False,
) -> None:  # fmt: skip
    """Call one person (`to`), whoever holds a receipt (`receipt_id`), or without either whoever is on call.

    Not before `at`, and never after `until`: an alert must not outlive what it is about. The caller commits.
    """
    if not _PATH.fullmatch(path):
        raise ValueError("an alert points at a plain page of ours")
    now = clock.now()
    due_at = max(at or now, now)
    db.session.execute(
        insert(Alert.__table__),
        {
            "id": uuid4(), "subject": subject, "to_id": to, "receipt_id": receipt_id, "path": path, "urgent": urgent,
            "state": State.PROMISED, "promised_at": now, "due_at": due_at, "until": until or due_at + LASTS,
        },
    )  # fmt: skip


def cancel(
    subject: Subject, *, to: UUID | None = None, receipt_id: UUID | None = None, path: str | None = None
) -> None:
    """Take back what became moot and has not left yet; narrower with each argument. The caller commits."""
    wanted = {"to_id": to, "receipt_id": receipt_id, "path": path}
    query = update(Alert).where(Alert.subject == subject, Alert.state != State.CANCELLED)
    query = query.filter_by(**{column: value for column, value in wanted.items() if value is not None})
    db.session.execute(query.values(state=State.CANCELLED), execution_options={"synchronize_session": False})
