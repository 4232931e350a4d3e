"""Counters that slow a guesser down and never lock anybody out; they know people only by keyed hashes.

Each verb is one statement, so two tries at the same moment are two tries. The caller commits, before doing
anything slow.
"""

import hmac
from datetime import date, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, LargeBinary, String, case, delete, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db

_A_MOMENT = timedelta(seconds=1)  # a refusal is never "wait for nothing"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))


class Counter(db.Model):
    """`who` is a keyed hash. No try is taken until `free_at`, if set; after `expires_at` the row is void."""

    __tablename__ = "limit_counter"

    bucket: Mapped[str] = mapped_column(String(40), primary_key=True)
    who: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    count: Mapped[int]
    free_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


def network(remote_addr: str | None, secret: bytes, day: date) -> bytes:
    """Sixteen bytes for the network somebody calls from; tomorrow they are others, and no address is kept."""
    day_key = hmac.digest(secret, f"network/{day.isoformat()}".encode(), sha256)
    return hmac.digest(day_key, _prefix(remote_addr).encode(), sha256)[:16]


def spend(bucket: str, who: bytes, *, allowed: int, per: timedelta) -> bool:
    """Take one of `allowed` tries `per` span of time; False when they are used up."""
    now = clock.now()
    expired = Counter.expires_at <= now
    count = db.session.scalar(
        _insert(bucket, who, now, per)
        .on_conflict_do_update(
            index_elements=[Counter.bucket, Counter.who],
            set_={
                "count": case((expired, 1), else_=Counter.count + 1),
                "expires_at": case((expired, _time(now + per)), else_=Counter.expires_at),
            },
        )
        .returning(Counter.count)
    )
    return count <= allowed


def attempt(bucket: str, who: bytes, *, free: int, per: timedelta) -> timedelta:
    """Take one try; the answer is how long to wait instead, zero when there is no need to.

    From the `free`-th try on each one makes the next wait longer, up to a quarter of an hour. Who asks during
    a wait is told so and not counted, so nobody can be kept out for good. `forgive` after a success.
    """
    now = clock.now()
    count = case((Counter.expires_at <= now, 1), else_=Counter.count + 1)
    taken = db.session.scalar(
        _insert(bucket, who, now, per)
        .on_conflict_do_update(
            index_elements=[Counter.bucket, Counter.who],
            set_={
                "count": count,
                "free_at": _after(count, free, now, without_wait=None),
                "expires_at": _after(count, free, now + per, without_wait=now + per),
            },
            where=Counter.free_at.is_(None) | (Counter.free_at <= now),
        )
        .returning(Counter.count)
    )
    return timedelta() if taken else max(_until(Counter.free_at, bucket, who), _A_MOMENT)


def remaining(bucket: str, who: bytes) -> timedelta:
    """How long until a used-up `spend` starts again."""
    return _until(Counter.expires_at, bucket, who)


def forgive(bucket: str, who: bytes) -> None:
    db.session.execute(delete(Counter).where(Counter.bucket == bucket, Counter.who == who))


def purge() -> None:
    db.session.execute(delete(Counter).where(Counter.expires_at <= clock.now()))


def _prefix(remote_addr: str | None) -> str:
    """One IPv4 address, or the /56 a household gets under IPv6."""
    try:
        address = ip_address(remote_addr or "")
    except ValueError:
        return "unknown"
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((address, 32 if address.version == 4 else 56), strict=False))


def _insert(bucket: str, who: bytes, now: datetime, per: timedelta):
    return db.insert(Counter).values(bucket=bucket, who=who, count=1, free_at=None, expires_at=now + per)


def _after(
    count: ColumnElement[int], free: int, start: datetime, *, without_wait: datetime | None
) -> ColumnElement[datetime]:
    """`start`, later by the wait that belongs to the try number `count`."""
    steps = [(count == free + step, _time(start + wait)) for step, wait in enumerate(WAITS)]
    return case((count < free, _time(without_wait)), *steps, else_=_time(start + WAITS[-1]))


def _time(value: datetime | None) -> ColumnElement[datetime]:
    return literal(value, db.UtcDateTime)


def _until(column: ColumnElement[datetime], bucket: str, who: bytes) -> timedelta:
    moment = db.session.scalar(select(column).where(Counter.bucket == bucket, Counter.who == who))
    return max(moment - clock.now(), timedelta()) if moment else timedelta()
