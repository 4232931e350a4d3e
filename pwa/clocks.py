"""The clocks that run beside a report. They show; none of them sends anything by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pwa import clock
from pwa.levels import Level
from pwa.reports import OPEN, TRIAGE_WITHIN, Report, State


class Name(StrEnum):
    TRIAGE = "triage"
    FIRST_CONTACT = "first-contact"
    NEXT = "next"
    HEALTH_72 = "health-72"
    HEALTH_120 = "health-120"
    POLICE = "police"


# What the office owes her. The health clocks are windows instead: one that has closed hurries nobody.
DUTIES = (Name.TRIAGE, Name.FIRST_CONTACT, Name.NEXT)


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
    """The clocks of this report that have not been answered, soonest first; none once it has gone."""
    if report.state not in OPEN:
        return []
    found = _duties(report)
    if report.about_sexual:
        if report.happened_on:
            found.append(Clock(Name.HEALTH_72, report.happened_on + timedelta(hours=72)))
            found.append(Clock(Name.HEALTH_120, report.happened_on + timedelta(hours=120)))
        found.append(Clock(Name.POLICE, report.received_at + timedelta(hours=72)))
    return sorted(found, key=lambda each: each.due_at)


def soonest(report: Report) -> Clock | None:
    """The one a list has room for: a duty, even a late one, or a window that is still open."""
    return next((each for each in running(report) if each.name in DUTIES or not each.late), None)


def duty_due(report: Report) -> datetime | None:
    """When the office owes her the next thing; what lists are ordered by."""
    return min((each.due_at for each in _duties(report)), default=report.due_at)


def first_contact_due(report: Report) -> datetime:
    match report.level or report.suggested:
        case Level.DARURAT:
            return report.received_at
        case Level.TINGGI:
            return report.received_at + timedelta(hours=1)
        case Level.RENDAH:
            return clock.working_days_after(report.received_at, 3)
        case _:
            return report.received_at + timedelta(hours=24)


def _duties(report: Report) -> list[Clock]:
    found = []
    if report.state is State.RECEIVED:
        found.append(Clock(Name.TRIAGE, report.received_at + TRIAGE_WITHIN))
    if report.state is State.REOPENED:
        found.append(Clock(Name.TRIAGE, report.due_at or report.received_at))
    if report.state is State.WAITING and report.next_at:
        found.append(Clock(Name.NEXT, report.next_at))
    elif report.contacted_at is None:
        found.append(Clock(Name.FIRST_CONTACT, first_contact_due(report)))
    return found
