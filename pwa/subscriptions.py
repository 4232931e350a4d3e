"""Which browsers may be called: each hangs on one sign-in of one person, or on one receipt, and dies with it.

The address of a device is closed to the deliverer: neither the public part nor the office can read it back.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, Select, String, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.accounts import Account
from pwa.logins import LONGEST, Login
from pwa.pushkeys import Inside, Outside
from pwa.webpush import Device, Service

DEVICES = 5
_KEY = re.compile(r"[A-Za-z0-9_-]{87}=?")
_AUTH = re.compile(r"[A-Za-z0-9_-]{22}={0,2}")


class Incomplete(Exception):
    """A browser's subscription has an endpoint and two keys; this one has not."""


class State(StrEnum):
    LIVE = "live"
    NEEDS_RESUBSCRIBE = "needs-resubscribe"
    DISABLED = "disabled"


class Subscription(db.Model):
    """`account_id` and `login_id`, or `lookup`: never both, and never nobody."""

    __tablename__ = "subscription"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    login_id: Mapped[UUID | None] = mapped_column(ForeignKey("login.id", ondelete="CASCADE"), index=True)
    lookup: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    service: Mapped[str] = mapped_column(String(80))
    vapid_id: Mapped[bytes] = mapped_column(LargeBinary(8))
    closed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[State] = mapped_column(db.words(State), default=State.LIVE)
    failures: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


def read(given: object, service: Service) -> Device:
    """What `PushSubscription.toJSON()` gave. Raises `Incomplete` and `endpoints.Unacceptable`."""
    match given:
        case {"endpoint": str(endpoint), "keys": {"p256dh": str(key), "auth": str(auth)}}:
            service.name_of(endpoint)
            if _KEY.fullmatch(key) and _AUTH.fullmatch(auth):
                return Device(endpoint, key.rstrip("="), auth.rstrip("="))
    raise Incomplete


def opened(closed: bytes, keys: Inside) -> Device:
    """Raises `envelope.Unreadable`."""
    return Device(**json.loads(keys.open(closed)))


def mark_of(device: Device) -> bytes:
    """Over the keys too: whoever learns only an address can neither take it over nor silence it."""
    return sha256("\0".join((device.endpoint, device.p256dh, device.auth)).encode()).digest()


def keep_for_login(device: Device, login: Login, *, service: Service, keys: Outside) -> None:
    """This browser calls whoever is signed in here now, and nobody who was before. The caller commits."""
    whose = {"account_id": login.account_id, "login_id": login.id}
    _keep(device, whose, service, keys)
    _leave_newest(Subscription.account_id == login.account_id)


def keep_for_receipt(device: Device, lookup: bytes, *, service: Service, keys: Outside) -> None:
    """The caller commits."""
    _keep(device, {"lookup": lookup}, service, keys)
    _leave_newest(Subscription.lookup == lookup)


def forget(mark: bytes) -> None:
    """By the device itself, which alone knows the mark. The caller commits."""
    db.session.execute(delete(Subscription).where(Subscription.mark == mark))


def forget_login(login_id: UUID) -> None:
    db.session.execute(delete(Subscription).where(Subscription.login_id == login_id))


def forget_receipt(lookup: bytes) -> None:
    """The case is closed, the number ended, or she wants no traces. The caller commits."""
    db.session.execute(delete(Subscription).where(Subscription.lookup == lookup))


def follow_receipt(old: bytes, new: bytes) -> None:
    """She has taken another number; her phone stays the same. The caller commits."""
    db.session.query(Subscription).filter_by(lookup=old).update({"lookup": new})


def is_kept_for(login_id: UUID) -> bool:
    query = select(Subscription.id).where(
        Subscription.login_id == login_id, Subscription.state != State.DISABLED
    )
    return db.session.scalar(query.limit(1)) is not None


def of_account(account_id: UUID) -> Select[tuple[Subscription]]:
    """Only where this person is signed in now."""
    return reachable().where(Subscription.account_id == account_id)


def of_receipt(lookup: bytes) -> Select[tuple[Subscription]]:
    return select(Subscription).where(Subscription.lookup == lookup, Subscription.state != State.DISABLED)


def reachable() -> Select[tuple[Subscription]]:
    """Devices of people who work here and are signed in on them. Asks for no more than the deliverer may read."""
    return (
        select(Subscription)
        .join(Login, Login.id == Subscription.login_id)
        .join(Account, Account.id == Subscription.account_id)
        .where(
            Subscription.state != State.DISABLED,
            Login.account_id == Account.id,
            Login.revoked_at.is_(None),
            Login.created_at > clock.now() - LONGEST,
            Login.generation == Account.generation,
            Account.disabled_at.is_(None),
        )
    )


def _keep(device: Device, whose: Mapping[str, object], service: Service, keys: Outside) -> None:
    """Names no column that the public part may not write."""
    mark = mark_of(device)
    forget(mark)
    address = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
    row = {
        "id": uuid4(), "mark": mark, "service": service.name_of(device.endpoint), "vapid_id": keys.vapid.id,
        "closed": keys.close(json.dumps(address).encode()), "state": State.LIVE, "failures": 0,
        "kept_at": clock.now(), **whose,
    }  # fmt: skip
    db.session.execute(insert(Subscription.__table__), row)


def _leave_newest(whose) -> None:
    """A sixth device takes the place of the one that has been silent longest."""
    kept = select(Subscription.id).where(whose).order_by(Subscription.kept_at.desc()).limit(DEVICES)
    ids = list(db.session.scalars(kept))
    db.session.execute(delete(Subscription).where(whose, Subscription.id.not_in(ids)))
