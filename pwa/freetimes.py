"""When a visit could be: half-hours that everybody and everything it needs has free, in the person's safe hours or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from pwa import clock, contact, diary
from pwa.visits import Visit

DAYS_AHEAD = 14
_STEP = 30  # minutes
_DAY = range(6, 21)  # hours in which a visit may begin


@dataclass(frozen=True)
class Day:
    """`safe` lie in the hours this person named; `other` do not."""

    day: date
    safe: Sequence[datetime]
    other: Sequence[datetime]


def find(visit: Visit, resources: Iterable[UUID], length: timedelta) -> list[Day]:
    """From today on, only days on which something is free."""
    today, hers = clock.today(), contact.windows(visit.safe_days, visit.safe_hours)
    starts = diary.free_slots(
        resources, today, today + timedelta(days=DAYS_AHEAD - 1), length, buffer=visit.travel
    )
    usual = [start for start in starts if start.minute % _STEP == 0 and start.hour in _DAY]
    days = []
    for day, of_day in groupby(usual, datetime.date):
        found = list(of_day)
        safe = [start for start in found if hers.is_open(start)]
        days.append(Day(day, safe, [start for start in found if start not in safe]))
    return days
