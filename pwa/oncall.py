"""Who is on call: a roster of shifts on three lines, and whether one of these people can really be reached now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, exists, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import clock, db, pulse, subscriptions
from pwa.accounts import Account, StaffRole
from pwa.push import Alert, Subject
from pwa.sendings import Sending
from pwa.subscriptions import Subscription
from pwa.vault import Sealed

LONGEST = timedelta(hours=24)
AHEAD = timedelta(days=62)
TEST_LASTS = timedelta(minutes=10)
MAY_STAND = ("penerima", "konselor", "manajer")
_COVERED_FOR = timedelta(
    seconds=90
)  # longer than the pages' minute would let a dead deliverer go on promising


class Line(IntEnum):
    """Who is called at once, who after them, and the head of the office, when nobody else has come."""

    FIRST = 1
    SECOND = 2
    HEAD = 3


class BadSpan(Exception):
    """A shift ends after it begins, lasts a day at most, and lies in the next two months."""


class Twice(Exception):
    """This person is on call then already."""


class Shift(db.Model):
    __tablename__ = "shift"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    line: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    phone: Mapped[str | None] = mapped_column(Sealed("shift.phone"), deferred=True)  # not for the deliverer
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))

    @property
    def is_now(self) -> bool:
        return self.starts_at <= clock.now() < self.ends_at


def put(
    account_id: UUID, *, line: Line, starts_at: datetime, ends_at: datetime, by: UUID, phone: str | None = None
) -> Shift:  # fmt: skip
    """The caller commits. Raises `BadSpan` and `Twice`."""
    now = clock.now()
    if not (timedelta() < ends_at - starts_at <= LONGEST and now < ends_at and starts_at < now + AHEAD):
        raise BadSpan
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    overlaps = (Shift.account_id == account_id, Shift.starts_at < ends_at, Shift.ends_at > starts_at)
    if db.session.scalar(select(exists().where(*overlaps))):
        raise Twice
    shift = Shift(
        id=uuid4(), account_id=account_id, line=line, starts_at=starts_at, ends_at=ends_at, by_id=by,
        phone=phone or None,
    )  # fmt: skip
    db.session.add(shift)
    return shift


def start(account: Account, span: timedelta) -> Shift:
    """Somebody begins a shift of her own, now, on the first line. The caller commits. Raises what `put` raises."""
    now = clock.now()
    return put(account.id, line=Line.FIRST, starts_at=now, ends_at=now + span, by=account.id)


def end(account: Account) -> None:
    """Her shift ends now; what was planned for later stays. The caller commits."""
    if shift := current(account):
        shift.ends_at = clock.now()


def find(id: UUID) -> Shift | None:
    return db.session.get(Shift, id)


def remove(shift: Shift) -> None:
    """The caller commits."""
    db.session.delete(shift)


def current(account: Account) -> Shift | None:
    query = _standing().where(Shift.account_id == account.id)
    return db.session.scalars(query).first()


def coming() -> Sequence[tuple[Shift, Account]]:
    """What stands now and what is planned, soonest first."""
    query = select(Shift, Account).join(Account, Account.id == Shift.account_id)
    query = query.where(Shift.ends_at > clock.now()).order_by(Shift.starts_at, Shift.line)
    return [tuple(row) for row in db.session.execute(query.options(undefer(Shift.phone)))]


def now(line: Line | None = None) -> list[UUID]:
    """The people on call, active ones only, in the order in which they began."""
    query = _standing().join(Account, Account.id == Shift.account_id).where(Account.disabled_at.is_(None))
    query = query.where(Shift.line == line) if line else query
    return list(db.session.scalars(query.with_only_columns(Shift.account_id).order_by(Shift.starts_at)))


def everybody(role: StaffRole) -> list[UUID]:
    query = select(Account.id).where(Account.role == role, Account.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(Account.created_at)))


def reached(login_id: UUID) -> bool:
    """Whether a test alert was shown on the device of this sign-in."""
    here = subscriptions.reachable().where(Subscription.login_id == login_id)
    return db.session.scalar(select(_tested(here).exists()))


def tested(account_id: UUID) -> bool:
    """Whether a test alert reached a device this person is signed in on now."""
    return db.session.scalar(select(_tested(subscriptions.of_account(account_id)).exists()))


def note_cover() -> bool:
    """Say to the pages of residents whether somebody can be woken now. The caller commits."""
    standing = _standing().with_only_columns(Shift.account_id)
    covered = _tested(subscriptions.reachable()).where(Subscription.account_id.in_(standing))
    is_covered = db.session.scalar(select(covered.exists()))
    if is_covered:
        pulse.beat(pulse.COVERED)
    return is_covered


def is_covered() -> bool:
    """True only while a deliverer lives and has just seen a tested phone on call."""
    return covers(pulse.age(pulse.COVERED))


def covers(age: timedelta | None) -> bool:
    """Whether a deliverer that saw one so long ago still counts."""
    return age is not None and age < _COVERED_FOR


def _standing() -> Select[tuple[Shift]]:
    return select(Shift).where(Shift.starts_at <= clock.now(), Shift.ends_at > clock.now())


def _tested(devices: Select[tuple[Subscription]]) -> Select[tuple[Subscription]]:
    return (
        devices.join(Sending, Sending.subscription_id == Subscription.id)
        .join(Alert, Alert.id == Sending.alert_id)
        .where(Sending.acked_at.is_not(None), Alert.subject == Subject.TEST)
    )
