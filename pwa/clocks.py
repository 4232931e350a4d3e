"""The clocks that run beside a report. They show; none of them sends anything by itself."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from pwa import clock
from pwa.reports import TRIAGE_WITHIN, Level, Report, State


class Name(StrEnum):
    TRIAGE = "triage"
    FIRST_CONTACT = "first-contact"
    HEALTH_72 = "health-72"
    HEALTH_120 = "health-120"
    POLICE = "police"


@dataclass(frozen=True)
class Clock:
    name: Name
    due_at: datetime

    @property
    def left(self) -> timedelta:
        return self.due_at - clock.now()

    @property
    def late(self) -> bool:
        return self.left < timedelta()


def running(report: Report) -> list[Clock]:
    """The clocks of this report that have not been answered, soonest first."""
    found = []
    if report.state in (State.RECEIVED, State.REOPENED):
        found.append(Clock(Name.TRIAGE, report.received_at + TRIAGE_WITHIN))
    if report.contacted_at is None:
        found.append(Clock(Name.FIRST_CONTACT, first_contact_due(report)))
    if report.about_sexual:
        if report.happened_on:
            found.append(Clock(Name.HEALTH_72, report.happened_on + timedelta(hours=72)))
            found.append(Clock(Name.HEALTH_120, report.happened_on + timedelta(hours=120)))
        found.append(Clock(Name.POLICE, report.received_at + timedelta(hours=72)))
    return sorted(found, key=lambda each: each.due_at)


def first_contact_due(report: Report) -> datetime:
    match report.level or report.suggested:
        case Level.DARURAT:
            return report.received_at
        case Level.TINGGI:
            return report.received_at + timedelta(hours=1)
        case Level.RENDAH:
            return _working_days_after(report.received_at, 3)
        case _:
            return report.received_at + timedelta(hours=24)


def _working_days_after(start: datetime, days: int) -> datetime:
    """The end of the office day, so many Mondays-to-Fridays later."""
    local = start.astimezone(clock.JAKARTA)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < 5
    return datetime.combine(local.date(), time(16), tzinfo=clock.JAKARTA)
