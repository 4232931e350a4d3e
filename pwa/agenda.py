"""One week of everybody and everything, laid out by day: when, never who is visited or why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from pwa import clock, counsellors, diary, hours, resources
from pwa.diary import Engagement
from pwa.hours import Exemption

DAYS = 7


@dataclass
class Cell:
    day: date
    engagements: list[Engagement] = field(default_factory=list)
    exemptions: list[Exemption] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.engagements and not self.exemptions


@dataclass(frozen=True)
class Row:
    id: UUID
    name: str
    cells: Sequence[Cell]
    is_person: bool


@dataclass(frozen=True)
class Week:
    days: Sequence[date]
    rows: Sequence[Row]
    holidays: dict[date, str]

    @property
    def before(self) -> date:
        return self.days[0] - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.days[0] + timedelta(days=DAYS)


def of_everybody(around: date) -> Week:
    """From Monday to Sunday. Who or what is retired shows while it is still booked."""
    days = week_of(around)
    start, end = _span(days)
    engaged = diary.engagements(start, end)
    rows = _people(days) + _things(days, {each.resource_id for each in engaged})
    return _laid_out(days, rows, engaged, hours.exemptions([row.id for row in rows], start, end))


def of_one(whose: UUID, around: date, exemptions: Sequence[Exemption]) -> Week:
    """Hers alone; her exemptions, these days' among them, are at hand already."""
    days = week_of(around)
    row = _row(whose, "", days, is_person=True)
    return _laid_out(days, [row], diary.engagements(*_span(days)), exemptions)


def week_of(day: date) -> Sequence[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(DAYS)]


def _laid_out(
    days: Sequence[date], rows: Sequence[Row], engaged: Sequence[Engagement], exemptions: Sequence[Exemption]
) -> Week:
    cells = {row.id: {cell.day: cell for cell in row.cells} for row in rows}
    for each in engaged:
        for day in _days_of(each.start, each.end):
            if cell := cells.get(each.resource_id, {}).get(day):
                cell.engagements.append(each)
    for each in exemptions:
        for day in _days_of(each.start_at, each.end_at):
            if cell := cells[each.whose].get(day):
                cell.exemptions.append(each)
    return Week(days, rows, dict(hours.holidays(days[0], days[-1])))


def _span(days: Sequence[date]) -> tuple[datetime, datetime]:
    return hours.at(days[0]), hours.at(days[-1] + timedelta(days=1))


def _people(days: Sequence[date]) -> list[Row]:
    return [_row(each.id, each.name, days, is_person=True) for each in counsellors.people()]


def _things(days: Sequence[date], booked: set[UUID]) -> list[Row]:
    return [
        _row(each.id, each.name, days, is_person=False)
        for each in resources.everything()
        if each.is_active or each.id in booked
    ]


def _row(id: UUID, name: str, days: Sequence[date], *, is_person: bool) -> Row:
    return Row(id, name, [Cell(day) for day in days], is_person)


def _days_of(start: datetime, end: datetime) -> Iterable[date]:
    first, last = (
        moment.astimezone(clock.JAKARTA).date() for moment in (start, end - timedelta(microseconds=1))
    )
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
