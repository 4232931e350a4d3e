"""One alert on its way to one device, and what became of it. Who may send it now is said in `claims`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, delete, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, push
from pwa.push import Alert, Subject
from pwa.subscriptions import Subscription

KEPT = timedelta(days=7)
FIRST, URGENT, ORDINARY = 0, 1, 2
_WAKES = (Subject.DANGER_NOW, Subject.DURESS)

# Which of the lines in the service worker a device shows; the words are its own.
_TO_STAFF = "t"
_TO_RESIDENT = {
    Subject.NEW_MESSAGE: "m", Subject.VISIT_REMINDER: "r", Subject.VISIT_CONFIRMED: "w",
    Subject.VISIT_MOVED: "w", Subject.VISIT_CANCELLED: "w",
}  # fmt: skip


class State(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    FAILED = "failed"


class Sending(db.Model):
    """Its id is what the device says when it has shown the line; it says nothing to anybody else."""

    __tablename__ = "sending"
    __table_args__ = (Index("ix_sending_due", "state", "priority", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"), index=True)
    subscription_id: Mapped[UUID] = mapped_column(
        ForeignKey("subscription.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(1))
    priority: Mapped[int]
    state: Mapped[State] = mapped_column(db.words(State))
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    until: Mapped[datetime] = mapped_column(db.UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    tries: Mapped[int]
    status: Mapped[int | None]
    accepted_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    acked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


def address(due: Mapping[Alert, Sequence[Subscription]]) -> None:
    """One sending for each of its devices, in the order in which all who write here take them. The caller commits."""
    rows = [
        {
            "id": uuid4(), "alert_id": alert.id, "subscription_id": device.id, "kind": _kind(alert),
            "priority": _priority(alert), "state": State.WAITING, "due_at": alert.due_at, "until": alert.until,
            "tries": 0,
        }
        for alert, devices in due.items()
        for device in devices
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(Sending.__table__), sorted(rows, key=itemgetter("subscription_id")))
    addressed = update(Alert).where(Alert.id.in_([alert.id for alert in due]))
    db.session.execute(
        addressed.values(state=push.State.ADDRESSED).execution_options(synchronize_session=False)
    )


def acknowledge(id: UUID) -> None:
    """A device has shown it; only the first time counts. The caller commits."""
    query = update(Sending).where(Sending.id == id, Sending.acked_at.is_(None)).values(acked_at=clock.now())
    db.session.execute(query.execution_options(synchronize_session=False))


def purge() -> None:
    """The caller commits."""
    db.session.execute(delete(Alert).where(Alert.until < clock.now() - KEPT))


def _priority(alert: Alert) -> int:
    if alert.subject in _WAKES:
        return FIRST
    return URGENT if alert.urgent else ORDINARY


def _kind(alert: Alert) -> str:
    if alert.receipt_id is not None:
        return _TO_RESIDENT.get(alert.subject, "n")
    return _TO_STAFF
