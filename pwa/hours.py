"""Who works when: office hours, everybody's weekly plan, leave and extra hours, holidays. All of it in WIB.

Whoever has no plan of her own works when the office is open. On a holiday nobody works, unless extra hours say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.i18n import lazy_gettext as _l

OFFICE = UUID(int=0)  # whose weekly plan the office hours are
QUARTER = timedelta(minutes=15)
_DAY = 24 * 60


class Span(StrEnum):
    LEAVE = "leave"
    EXTRA = "extra"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {Span.LEAVE: _l("Away"), Span.EXTRA: _l("Extra hours")}


class Backwards(Exception):
    """These hours end before they begin."""


@dataclass(frozen=True)
class Stretch:
    """From and until on one weekday, in minutes since midnight."""

    weekday: int
    start: int
    end: int


_UNTIL_SAID_OTHERWISE = tuple(Stretch(weekday, 8 * 60, 16 * 60) for weekday in range(5))


class WeeklyHours(db.Model):
    __tablename__ = "weekly_hours"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    whose: Mapped[UUID] = mapped_column(index=True)  # an account, or OFFICE
    weekday: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]


class Exemption(db.Model):
    """Once, from one moment to another: away, or working though the week says otherwise."""

    __tablename__ = "hours_exemption"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    whose: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[Span] = mapped_column(db.words(Span))
    start_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)

    def covers(self, day: date) -> bool:
        return self.start_at <= at(day) and self.end_at >= at(day + timedelta(days=1))


class Holiday(db.Model):
    __tablename__ = "holiday"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # ISO
    name: Mapped[str] = mapped_column(String(80))


def plan(whose: UUID, stretches: Iterable[Stretch]) -> None:
    """Replace the whole week. Raises `Backwards`; hours that touch or overlap become one."""
    stretches = list(stretches)
    if any(not 0 <= each.start < each.end <= _DAY for each in stretches):
        raise Backwards
    db.session.execute(delete(WeeklyHours).where(WeeklyHours.whose == whose))
    for each in _joined(stretches):
        db.session.add(WeeklyHours(whose=whose, weekday=each.weekday, start=each.start, end=each.end))
    db.session.flush()


def plans(people: Iterable[UUID]) -> Mapping[UUID, Sequence[Stretch]]:
    """Everybody's week, in order; for who has none, the office's."""
    people = set(people)
    return _weeks(db.session.scalars(_plans_of(people)), people)


def exempt(whose: UUID, kind: Span, start: datetime, end: datetime) -> Exemption:
    """Raises `Backwards`. Leave does not undo what is booked already; the agenda shows both."""
    if end <= start:
        raise Backwards
    exemption = Exemption(id=uuid4(), whose=whose, kind=kind, start_at=start, end_at=end)
    db.session.add(exemption)
    return exemption


def exemptions(people: Iterable[UUID], start: datetime, end: datetime) -> Sequence[Exemption]:
    return db.session.scalars(_exemptions_of(people, start, end)).all()


def lift(whose: UUID, id: UUID) -> None:
    """The exemption no longer counts; one that is not this person's stays."""
    db.session.execute(delete(Exemption).where(Exemption.id == id, Exemption.whose == whose))


def holidays(first: date, last: date) -> Mapping[date, str]:
    return _names(db.session.scalars(_holidays_in(first, last)))


def keep_holiday(day: date, name: str) -> None:
    db.session.merge(Holiday(day=day.isoformat(), name=name))


def drop_holiday(day: date) -> None:
    db.session.execute(delete(Holiday).where(Holiday.day == day.isoformat()))


def open_quarters(people: Iterable[UUID], first: date, last: date) -> Mapping[UUID, set[int]]:
    """In which quarter-hours of these days each of them works; see `quarter_of`."""
    people = set(people)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    begin, end = at(days[0]), at(days[-1] + timedelta(days=1))
    weeks, exempted, feasts = db.together(
        _plans_of(people), _exemptions_of(people, begin, end), _holidays_in(first, last)
    )
    closed = _names(feasts)
    found: dict[UUID, set[int]] = {}
    for whose, stretches in _weeks(weeks, people).items():
        found[whose] = set()
        for day in days:
            if day not in closed:
                for each in stretches:
                    if each.weekday == day.weekday():
                        found[whose].update(_within(at(day, each.start), at(day, each.end)))
    for exemption in exempted:
        span = (max(exemption.start_at, begin), min(exemption.end_at, end))
        if exemption.kind is Span.EXTRA:
            found[exemption.whose].update(_within(*span))
        else:
            found[exemption.whose].difference_update(quarters(*span))
    return found


def quarter_of(moment: datetime) -> int:
    """WIB is whole hours from UTC and knows no summer time, so quarters of the one are quarters of the other."""
    return int(moment.timestamp() // QUARTER.total_seconds())


def start_of(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER.total_seconds(), clock.JAKARTA)


def quarters(start: datetime, end: datetime) -> range:
    """Every quarter-hour this time touches."""
    return range(quarter_of(start), -int(-end.timestamp() // QUARTER.total_seconds()))


def at(day: date, minutes: int = 0) -> datetime:
    """So many minutes after midnight in Serang."""
    return datetime.combine(day, time(), clock.JAKARTA) + timedelta(minutes=minutes)


def _plans_of(people: set[UUID]) -> Select[tuple[WeeklyHours]]:
    query = select(WeeklyHours).where(WeeklyHours.whose.in_(people | {OFFICE}))
    return query.order_by(WeeklyHours.weekday, WeeklyHours.start)


def _weeks(rows: Iterable[WeeklyHours], people: set[UUID]) -> Mapping[UUID, Sequence[Stretch]]:
    found: dict[UUID, list[Stretch]] = {}
    for row in rows:
        found.setdefault(row.whose, []).append(Stretch(row.weekday, row.start, row.end))
    office = found.setdefault(OFFICE, list(_UNTIL_SAID_OTHERWISE))
    return {whose: found.get(whose, office) for whose in people}


def _exemptions_of(people: Iterable[UUID], start: datetime, end: datetime) -> Select[tuple[Exemption]]:
    query = select(Exemption).where(
        Exemption.whose.in_(list(people)), Exemption.start_at < end, Exemption.end_at > start
    )
    return query.order_by(Exemption.start_at)


def _holidays_in(first: date, last: date) -> Select[tuple[Holiday]]:
    query = select(Holiday).where(Holiday.day.between(first.isoformat(), last.isoformat()))
    return query.order_by(Holiday.day)


def _names(rows: Iterable[Holiday]) -> Mapping[date, str]:
    return {date.fromisoformat(row.day): row.name for row in rows}


def _within(start: datetime, end: datetime) -> range:
    """Every quarter-hour that lies whole in this time."""
    return range(-int(-start.timestamp() // QUARTER.total_seconds()), quarter_of(end))


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for each in sorted(stretches, key=lambda each: (each.weekday, each.start)):
        last = joined[-1] if joined else None
        if last and last.weekday == each.weekday and each.start <= last.end:
            joined[-1] = Stretch(last.weekday, last.start, max(last.end, each.end))
        else:
            joined.append(each)
    return joined
