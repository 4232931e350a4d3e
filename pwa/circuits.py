"""Push services that must be left alone for a while: one that asked for it, or one that refuses our key."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, LargeBinary, String, delete, exists, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.subscriptions import State, Subscription

REFUSED_FOR = timedelta(minutes=10)
ASKED_FOR = timedelta(minutes=1)
_TELLING = 3  # one stranger with a made-up subscription must not silence everybody on the same service
_WHOLE_SERVICE = b""


class Circuit(db.Model):
    """Open until then, for one of our keys or (with an empty id) for every one."""

    __tablename__ = "circuit"

    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    vapid_id: Mapped[bytes] = mapped_column(LargeBinary(8), primary_key=True)
    open_until: Mapped[datetime] = mapped_column(db.UtcDateTime)
    status: Mapped[int | None]

    @property
    def is_whole_service(self) -> bool:
        return self.vapid_id == _WHOLE_SERVICE


def refused(subscription: Subscription, status: int | None) -> bool:
    """Our key was refused: mark this device, and stop when it is plainly not this device's fault. The caller commits."""
    subscription.state = State.NEEDS_RESUBSCRIBE
    db.session.flush()
    pair = (Subscription.service == subscription.service, Subscription.vapid_id == subscription.vapid_id)
    marked = func.count().filter(Subscription.state == State.NEEDS_RESUBSCRIBE)
    known = func.count().filter(Subscription.state != State.DISABLED)
    refusing, all_of_them = db.session.execute(select(marked, known).where(*pair)).one()
    if refusing < min(_TELLING, all_of_them):
        return False
    _open(subscription.service, subscription.vapid_id, REFUSED_FOR, status)
    return True


def pause(service: str, span: timedelta | None, status: int | None) -> None:
    """The service itself asked for a pause; others go on. The caller commits."""
    _open(service, _WHOLE_SERVICE, span or ASKED_FOR, status)


def accepted(devices: Iterable[Subscription]) -> None:
    """Our key works for these devices and their services. The caller commits."""
    now = clock.now()
    pairs = set()
    for each in devices:
        each.state, each.failures, each.accepted_at = State.LIVE, 0, now
        pairs.add((each.service, each.vapid_id))
    for service, vapid_id in sorted(pairs):
        db.session.execute(delete(Circuit).where(Circuit.service == service, Circuit.vapid_id == vapid_id))


def are_open() -> ColumnElement[bool]:
    """For a question about subscriptions: whether theirs is to be left alone now."""
    either_key = Circuit.vapid_id.in_([Subscription.vapid_id, _WHOLE_SERVICE])
    return exists().where(
        Circuit.service == Subscription.service, either_key, Circuit.open_until > clock.now()
    )


def now_open() -> list[Circuit]:
    return list(db.session.scalars(select(Circuit).where(Circuit.open_until > clock.now())))


def _open(service: str, vapid_id: bytes, span: timedelta, status: int | None) -> None:
    """Several senders may hear the same at once."""
    new = {"open_until": clock.now() + span, "status": status}
    query = db.insert(Circuit).values(service=service, vapid_id=vapid_id, **new)
    db.session.execute(query.on_conflict_do_update(index_elements=["service", "vapid_id"], set_=new))
