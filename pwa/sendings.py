"""One alert on its way to one device: claimed, sent, and what became of it.

Whoever claims a sending holds it for a short while and then lets go by itself: a deliverer that is killed
between any two lines loses nothing, and what is sent twice shows once, because the line has the same tag.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pwa import circuits, clock, db, push, subscriptions
from pwa.push import Alert, Subject
from pwa.subscriptions import Subscription
from pwa.webpush import Answer, Note, Outcome

HELD = timedelta(seconds=20)  # longer than any send takes
KEPT = timedelta(days=7)
_MALFORMED_AT_MOST = 3
_FIRST, _URGENT, _ORDINARY = 0, 1, 2
_WAKES = (Subject.DANGER_NOW, Subject.DURESS)
_LONGEST_WAIT = {_FIRST: 5, _URGENT: 30, _ORDINARY: 300}

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

    @property
    def note(self) -> Note:
        return Note(self.id, self.kind, self.until - clock.now(), self.priority < _ORDINARY)


@dataclass(frozen=True)
class Claimed:
    sending: Sending
    subscription: Subscription


def address(alert: Alert, devices: list[Subscription]) -> None:
    """One sending for each device. The caller commits."""
    priority = _FIRST if alert.subject in _WAKES else _URGENT if alert.urgent else _ORDINARY
    rows = [
        {
            "id": uuid4(), "alert_id": alert.id, "subscription_id": device.id, "kind": _kind(alert),
            "priority": priority, "state": State.WAITING, "due_at": alert.due_at, "until": alert.until, "tries": 0,
        }
        for device in devices
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(Sending.__table__), rows)
    alert.state = push.State.ADDRESSED


def claim(*, urgent_only: bool = False) -> Claimed | None:
    """The next that is due, in the order of urgency; nobody else gets it for a while. Commits."""
    with db.reading():
        waiting = db.session.scalar(_due(urgent_only).limit(1))
        db.session.rollback()
    if waiting is None:
        return None
    now = clock.now()
    pick = _due(urgent_only).limit(1).with_for_update(skip_locked=True, of=Sending)
    query = (
        update(Sending)
        .where(Sending.id == pick.scalar_subquery())
        .values(claimed_until=now + HELD, tries=Sending.tries + 1)
        .returning(Sending.id)
        .execution_options(synchronize_session=False)
    )
    id = db.session.scalar(query)
    db.session.commit()
    return id and _found(id)


def record(id: UUID, answer: Answer) -> None:
    """What the service said. The caller commits."""
    claimed = _found(id)
    if claimed is None:
        return
    sending, subscription = claimed.sending, claimed.subscription
    if answer.outcome is Outcome.GONE:
        db.session.execute(delete(Subscription).where(Subscription.id == subscription.id))
        return
    sending.status, sending.claimed_until = answer.status, None
    match answer.outcome:
        case Outcome.ACCEPTED:
            sending.state, sending.accepted_at = State.ACCEPTED, clock.now()
            circuits.works(subscription)
        case Outcome.MALFORMED:
            sending.state = State.FAILED
            subscription.failures += 1
            if subscription.failures >= _MALFORMED_AT_MOST and subscription.accepted_at is None:
                subscription.state = subscriptions.State.DISABLED
        case Outcome.TOO_LARGE:
            sending.state = State.FAILED
        case Outcome.REFUSED:
            circuits.refused(subscription, answer.status)
            _later(sending, circuits.REFUSED_FOR)
        case Outcome.TOO_MANY:
            circuits.pause(subscription.service, answer.pause, answer.status)
            _later(sending, answer.pause or circuits.ASKED_FOR)
        case Outcome.TROUBLE:
            _later(sending, answer.pause or _backoff(sending))


def acknowledge(id: UUID) -> None:
    """A device has shown it; only the first time counts. The caller commits."""
    query = update(Sending).where(Sending.id == id, Sending.acked_at.is_(None)).values(acked_at=clock.now())
    db.session.execute(query.execution_options(synchronize_session=False))


def purge() -> None:
    """The caller commits."""
    db.session.execute(delete(Alert).where(Alert.until < clock.now() - KEPT))


def _due(urgent_only: bool):
    now = clock.now()
    query = (
        select(Sending.id)
        .join(Subscription, Subscription.id == Sending.subscription_id)
        .join(Alert, Alert.id == Sending.alert_id)
        .where(
            Sending.state == State.WAITING,
            Sending.due_at <= now,
            Sending.until > now,
            or_(Sending.claimed_until.is_(None), Sending.claimed_until < now),
            Alert.state != push.State.CANCELLED,
            ~circuits.are_open(),
        )
        .order_by(Sending.priority, Sending.due_at)
    )
    return query.where(Sending.priority < _ORDINARY) if urgent_only else query


def _found(id: UUID) -> Claimed | None:
    """None when the device was forgotten meanwhile."""
    query = select(Sending, Subscription).join(Subscription, Subscription.id == Sending.subscription_id)
    row = db.session.execute(query.where(Sending.id == id).execution_options(populate_existing=True)).first()
    return row and Claimed(*row)


def _later(sending: Sending, span: timedelta) -> None:
    """Until what it is about is over."""
    sending.due_at = clock.now() + span
    if sending.due_at >= sending.until:
        sending.state = State.FAILED


def _backoff(sending: Sending) -> timedelta:
    """Longer each time, and never two deliverers in step."""
    longest = min(2**sending.tries, _LONGEST_WAIT[sending.priority])
    return timedelta(seconds=random.uniform(1, max(2, longest)))


def _kind(alert: Alert) -> str:
    if alert.lookup is not None:
        return _TO_RESIDENT.get(alert.subject, "n")
    return _TO_STAFF
