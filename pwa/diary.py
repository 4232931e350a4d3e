"""Who and what is booked when. Nobody and nothing is booked twice: the database itself refuses it.

A booking is one row for every person, vehicle or room and every quarter-hour, the way there and back included,
under a unique key. That is the same wall in SQLite and in PostgreSQL, and it stands whatever the code above does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from pwa import calendar, clock, db
from pwa.hours import OFFICE, open_quarters, quarter_of, quarters, start_of
from pwa.resources import Resource

LONGEST_DAYS = 62  # of one search for free slots
_LOCK = 7_311_052_021  # any number of its own, as long as every process uses the same one


class Taken(Exception):
    """Somebody or something that is needed is already booked at this time; nothing was changed."""


class Booking(db.Model):
    """`resource_id` is an account or a row of `resource`. `travel` tells the way from the visit itself."""

    __tablename__ = "booking"

    resource_id: Mapped[UUID] = mapped_column(primary_key=True)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    travel: Mapped[bool]


@dataclass(frozen=True)
class Engagement:
    """One visit in somebody's day, without the way there and back."""

    resource_id: UUID
    visit_id: UUID
    start: datetime
    end: datetime


def book(
    visit_id: UUID, resources: Iterable[UUID], start: datetime, end: datetime, *, buffer: timedelta
) -> None:
    """All of them or none. Raises `Taken`; then the caller's other work still stands."""
    _take_turn()
    with db.session.begin_nested():
        _insert(visit_id, resources, start, end, buffer)


def release(visit_id: UUID) -> None:
    _delete(visit_id)
    calendar.cancel(visit_id)


def swap(
    visit_id: UUID, resources: Iterable[UUID], start: datetime, end: datetime, *, buffer: timedelta
) -> None:
    """The new time instead of the old one. Raises `Taken`; then the old time still stands."""
    _take_turn()
    with db.session.begin_nested():
        _delete(visit_id)
        _insert(visit_id, resources, start, end, buffer)


def free_slots(
    resources: Iterable[UUID], first: date, last: date, length: timedelta, *, buffer: timedelta
) -> list[datetime]:
    """When all of them could begin something of this length, the way there and back within their hours.

    A vehicle or a room has no hours of its own; alone it is free when the office is open.
    """
    resources = set(resources)
    last = min(last, first + timedelta(days=LONGEST_DAYS - 1))
    things = set(db.session.scalars(select(Resource.id).where(Resource.id.in_(resources))))
    works = open_quarters(resources - things or {OFFICE}, first, last)
    free = set.intersection(*works.values()) - _busy(resources, works)
    before, during = len(quarters(_EPOCH, _EPOCH + buffer)), len(quarters(_EPOCH, _EPOCH + length))
    earliest = quarter_of(clock.now()) + 1
    return [
        start_of(quarter + before)
        for quarter in sorted(free)
        if quarter + before >= earliest
        and all(each in free for each in range(quarter, quarter + before + during + before))
    ]


def engagements(start: datetime, end: datetime) -> Sequence[Engagement]:
    """Everything booked in this time, whole even where it began earlier, in the order of the day."""
    wanted = quarters(start, end)
    first, last = func.min(Booking.quarter), func.max(Booking.quarter)
    touching = select(Booking.visit_id).where(Booking.quarter >= wanted.start, Booking.quarter < wanted.stop)
    query = (
        select(Booking.resource_id, Booking.visit_id, first, last)
        .where(Booking.visit_id.in_(touching), ~Booking.travel)
        .group_by(Booking.resource_id, Booking.visit_id)
        .order_by(first)
    )
    return [
        Engagement(resource_id, visit_id, start_of(begin), start_of(end + 1))
        for resource_id, visit_id, begin, end in db.session.execute(query)
    ]


_EPOCH = start_of(0)


def _insert(
    visit_id: UUID, resources: Iterable[UUID], start: datetime, end: datetime, buffer: timedelta
) -> None:
    if end <= start or buffer < timedelta():
        raise ValueError("a visit ends after it begins, and nobody arrives before leaving")
    resources, visit = sorted(set(resources)), quarters(start, end)
    rows = [
        {"resource_id": id, "quarter": each, "visit_id": visit_id, "travel": each not in visit}
        for id in resources
        for each in quarters(start - buffer, end + buffer)
    ]
    try:
        db.session.execute(insert(Booking), rows)
    except IntegrityError:
        raise Taken from None
    calendar.enter(visit_id, resources, start, end)


def _delete(visit_id: UUID) -> None:
    db.session.execute(delete(Booking).where(Booking.visit_id == visit_id))


def _busy(resources: Iterable[UUID], works: Mapping[UUID, set[int]]) -> set[int]:
    considered = set.union(*works.values())
    if not considered:
        return set()
    query = select(Booking.quarter).where(
        Booking.resource_id.in_(list(resources)), Booking.quarter.between(min(considered), max(considered))
    )
    return set(db.session.scalars(query))


def _take_turn() -> None:
    """Two swaps that cross would wait for each other for ever on PostgreSQL; SQLite's writers stand in line already."""
    if db.engine().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
