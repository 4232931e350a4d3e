"""Which browsers may be called: each hangs on one sign-in of one person, or on one receipt, and dies with it.

The address of a device is closed to the deliverer: neither the public part nor the office can read it back.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    delete,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.accounts import Account
from pwa.addresses import mark_of
from pwa.logins import LONGEST, Login
from pwa.pushkeys import Inside, Outside
from pwa.webpush import Device, Service

DEVICES = 5


class State(StrEnum):
    LIVE = "live"
    NEEDS_RESUBSCRIBE = "needs-resubscribe"
    DISABLED = "disabled"


_STAFF = text("receipt_id IS NULL")


class Subscription(db.Model):
    """`account_id` and `login_id`, or `receipt_id`: never both, and never nobody.

    One browser may be called for several numbers, and be somebody's tool at work besides.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint(
            "(account_id IS NULL) = (login_id IS NULL) AND (account_id IS NULL) <> (receipt_id IS NULL)",
            name="whose",
        ),
        Index("uq_subscription_receipt_mark", "receipt_id", "mark", unique=True),
        Index(
            "uq_subscription_staff_mark", "mark", unique=True, sqlite_where=_STAFF, postgresql_where=_STAFF
        ),
        Index("ix_subscription_mark", "mark"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    login_id: Mapped[UUID | None] = mapped_column(ForeignKey("login.id", ondelete="CASCADE"), index=True)
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id", ondelete="CASCADE"))
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    service: Mapped[str] = mapped_column(String(80))
    vapid_id: Mapped[bytes] = mapped_column(LargeBinary(8))
    closed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[State] = mapped_column(db.words(State), default=State.LIVE)
    failures: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


def opened(closed: bytes, keys: Inside) -> Device:
    """Raises `envelope.Unreadable`."""
    return Device(**json.loads(keys.open(closed)))


def keep_for_login(device: Device, login: Login, *, service: Service, keys: Outside) -> None:
    """This browser calls whoever is signed in here now, and nobody who was before. The caller commits.

    Raises `endpoints.Unacceptable`.
    """
    _keep(device, {"account_id": login.account_id, "login_id": login.id}, service, keys)
    _leave_newest(Subscription.account_id == login.account_id)


def keep_for_receipt(device: Device, receipt_id: UUID, *, service: Service, keys: Outside) -> None:
    """The caller commits. Raises `endpoints.Unacceptable`."""
    _keep(device, {"receipt_id": receipt_id}, service, keys)
    _leave_newest(Subscription.receipt_id == receipt_id)


def move(old: Device, new: Device, *, service: Service, keys: Outside) -> None:
    """Its browser has given this device another address; nobody else knows both. The caller commits.

    Raises `endpoints.Unacceptable`.
    """
    whose = select(Subscription.account_id, Subscription.login_id, Subscription.receipt_id)
    for row in db.session.execute(whose.where(Subscription.mark == mark_of(old))).mappings().all():
        _keep(new, {name: value for name, value in row.items() if value}, service, keys)
    if mark_of(old) != mark_of(new):
        db.session.execute(delete(Subscription).where(Subscription.mark == mark_of(old)))


def forget_as_listener(device: Device) -> None:
    """Said by the device itself. What wakes its owner at work stays: that ends with the sign-in. The caller commits."""
    hers = Subscription.receipt_id.is_not(None)
    db.session.execute(delete(Subscription).where(Subscription.mark == mark_of(device), hers))


def forget_login(login_id: UUID) -> None:
    db.session.execute(delete(Subscription).where(Subscription.login_id == login_id))


def forget_receipt(receipt_id: UUID, *, but: bytes = b"") -> None:
    """Every phone that is called for this number, except the one with this mark. The caller commits."""
    whose = Subscription.receipt_id == receipt_id
    db.session.execute(delete(Subscription).where(whose, Subscription.mark != but))


def is_kept_for(login_id: UUID) -> bool:
    query = select(Subscription.id).where(
        Subscription.login_id == login_id, Subscription.state != State.DISABLED
    )
    return db.session.scalar(query.limit(1)) is not None


def of_account(account_id: UUID) -> Select[tuple[Subscription]]:
    """Only where this person is signed in now."""
    return reachable().where(Subscription.account_id == account_id)


def of_receipt(receipt_id: UUID) -> Select[tuple[Subscription]]:
    return select(Subscription).where(
        Subscription.receipt_id == receipt_id, Subscription.state != State.DISABLED
    )


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
    name, mark = service.name_of(device.endpoint), mark_of(device)
    kin = Subscription.receipt_id == whose.get("receipt_id")  # for somebody at work: of no receipt
    db.session.execute(delete(Subscription).where(Subscription.mark == mark, kin))
    address = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
    row = {
        "id": uuid4(), "mark": mark, "service": name, "vapid_id": keys.vapid.id,
        "closed": keys.close(json.dumps(address).encode()), "state": State.LIVE, "failures": 0,
        "kept_at": clock.now(), **whose,
    }  # fmt: skip
    db.insert_new(Subscription, row)  # another window of the same browser may be doing just this


def _leave_newest(whose: ColumnElement[bool]) -> None:
    """A sixth device takes the place of the one that has been silent longest."""
    kept = select(Subscription.id).where(whose).order_by(Subscription.kept_at.desc()).limit(DEVICES)
    ids = list(db.session.scalars(kept))
    db.session.execute(delete(Subscription).where(whose, Subscription.id.not_in(ids)))
