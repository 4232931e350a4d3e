"""Who may send what is due, and what the push services said.

Whoever claims a sending holds it for a short while and then lets go by itself: a deliverer that is killed
between any two lines loses nothing, and what is sent twice shows once, because the line has the same tag.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from pwa import circuits, clock, db, push, subscriptions
from pwa.push import Alert
from pwa.sendings import FIRST, ORDINARY, URGENT, Sending, State
from pwa.subscriptions import Subscription
from pwa.webpush import Answer, Note, Outcome

HELD = timedelta(seconds=20)  # longer than a handful takes, whatever the services do
_MALFORMED_AT_MOST = 3
_LONGEST_WAIT = {FIRST: 5, URGENT: 30, ORDINARY: 300}


@dataclass(frozen=True)
class Claimed:
    """All that a sender needs once the transaction is closed; not a row, which would open the next one to be read."""

    id: UUID
    note: Note
    vapid_id: bytes
    closed: bytes


def claim(at_most: int, *, urgent_only: bool = False) -> list[Claimed]:
    """The next that are due, in the order of urgency; nobody else gets them for a while. Commits.

    What is urgent is claimed one by one, so that all senders share it.
    """
    with db.reading():
        next_is = db.session.scalar(_due(urgent_only).with_only_columns(Sending.priority).limit(1))
        db.session.rollback()
    if next_is is None:
        return []
    picked = _due(urgent_only).limit(at_most if next_is == ORDINARY else 1)
    picked = picked.with_for_update(skip_locked=True, of=Sending).cte("picked")
    query = (
        update(Sending)
        .where(Sending.id.in_(select(picked.c.id)))
        .values(claimed_until=clock.now() + HELD)
        .returning(Sending.id)
        .execution_options(synchronize_session=False)
    )
    ids = db.session.scalars(query).all()
    db.session.commit()
    return _found(ids)


def record(answers: Mapping[UUID, Answer]) -> None:
    """What the services said; a device that was forgotten meanwhile is nobody's trouble any more. The caller commits."""
    query = select(Sending, Subscription).join(Subscription, Subscription.id == Sending.subscription_id)
    query = query.where(Sending.id.in_(answers)).order_by(Subscription.id)
    # Whoever deletes a device waits; whoever writes down a sending for it need not.
    query = query.with_for_update(of=Subscription, key_share=True)
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    gone = {device.id for sending, device in rows if answers[sending.id].outcome is Outcome.GONE}
    known = [(sending, device, answers[sending.id]) for sending, device in rows if device.id not in gone]
    circuits.accepted(device for _, device, answer in known if answer.outcome is Outcome.ACCEPTED)
    for each in known:
        _record(*each)
    for id in sorted(gone):
        db.session.execute(delete(Subscription).where(Subscription.id == id))


def let_go(ids: Collection[UUID]) -> None:
    """Claimed and not sent: whoever comes next may have them. The caller commits."""
    query = update(Sending).where(Sending.id.in_(ids)).values(claimed_until=None)
    db.session.execute(query.execution_options(synchronize_session=False))


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
    return query.where(Sending.priority < ORDINARY) if urgent_only else query


def _found(ids: Collection[UUID]) -> list[Claimed]:
    """Without those whose device was forgotten meanwhile."""
    columns = [
        Sending.id, Sending.kind, Sending.until, Sending.priority, Subscription.vapid_id, Subscription.closed
    ]  # fmt: skip
    query = select(*columns).join(Subscription, Subscription.id == Sending.subscription_id)
    query = query.where(Sending.id.in_(ids)).order_by(Sending.priority, Sending.due_at)
    with db.reading():
        rows = db.session.execute(query).all()
        db.session.rollback()
    now = clock.now()
    return [
        Claimed(id, Note(id, kind, until - now, priority < ORDINARY), vapid_id, closed)
        for id, kind, until, priority, vapid_id, closed in rows
    ]


def _record(sending: Sending, subscription: Subscription, answer: Answer) -> None:
    sending.tries += 1
    sending.status, sending.claimed_until = answer.status, None
    match answer.outcome:
        case Outcome.ACCEPTED:
            sending.state, sending.accepted_at = State.ACCEPTED, clock.now()
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


def _later(sending: Sending, span: timedelta) -> None:
    """Until what it is about is over."""
    sending.due_at = clock.now() + span
    if sending.due_at >= sending.until:
        sending.state = State.FAILED


def _backoff(sending: Sending) -> timedelta:
    """Longer each time, and never two deliverers in step."""
    longest = min(2**sending.tries, _LONGEST_WAIT[sending.priority])
    return timedelta(seconds=random.uniform(1, max(2, longest)))
