"""How well alerts leave and arrive, by push service, over the last day. Counts only."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from pwa import clock, db, push
from pwa.push import Alert
from pwa.sendings import Sending, State
from pwa.subscriptions import State as Device
from pwa.subscriptions import Subscription

SPAN = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """`shown` is what devices said themselves: fewer than really were, never more."""

    service: str
    devices: int
    refusing: int
    sent: int
    accepted: int
    shown: int

    @property
    def accepted_share(self) -> int | None:
        return round(100 * self.accepted / self.sent) if self.sent else None

    @property
    def shown_share(self) -> int | None:
        return round(100 * self.shown / self.accepted) if self.accepted else None


def by_service() -> list[Figures]:
    refusing = func.count().filter(Subscription.state != Device.LIVE)
    devices = select(Subscription.service, func.count(), refusing).group_by(Subscription.service)
    accepted = func.count().filter(Sending.state == State.ACCEPTED)
    shown = func.count().filter(Sending.acked_at.is_not(None))
    sent = (
        select(Subscription.service, func.count(), accepted, shown)
        .join(Subscription, Subscription.id == Sending.subscription_id)
        .where(Sending.due_at > clock.now() - SPAN, Sending.tries > 0)
        .group_by(Subscription.service)
    )
    counts = {service: rest for service, *rest in db.session.execute(sent)}
    return [
        Figures(service, known, refused, *counts.get(service, (0, 0, 0)))
        for service, known, refused in db.session.execute(devices.order_by(Subscription.service))
    ]


def oldest_waiting() -> timedelta | None:
    """How long the oldest alert that is due has waited to leave."""
    now = clock.now()
    waiting = select(func.min(Sending.due_at)).where(Sending.state == State.WAITING, Sending.due_at <= now)
    promised = select(func.min(Alert.due_at)).where(Alert.state == push.State.PROMISED, Alert.due_at <= now)
    row = db.session.execute(select(waiting.scalar_subquery(), promised.scalar_subquery())).one()
    oldest = min(filter(None, row), default=None)
    return oldest and now - oldest
