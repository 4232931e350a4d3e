"""Nobody who goes out alone is forgotten: a sign that does not come calls her, her buddy, the manajer, then 110.

The clock runs on the server from what was planned and last said, so a dead phone raises the alarm as well.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from pwa import clock, db, oncall, push
from pwa.accounts import Account, StaffRole
from pwa.push import Subject
from pwa.settings import Settings
from pwa.trips import OVER, Alarm, State, Trip

_LASTS = timedelta(hours=2)


class ManajerOnly(Exception):
    """Only a manajer ends an emergency, never the counsellor herself: somebody may be telling her to."""


class ReasonNeeded(Exception):
    """How does the office know that she is safe?"""


@dataclass(frozen=True)
class Times:
    """`grace` after a planned time, `home` after the end of a visit; `rungs` after that: she, buddy, manajer, 110."""

    grace: timedelta
    home: timedelta
    rungs: tuple[timedelta, ...]

    @classmethod
    def of(cls, settings: Settings) -> "Times":
        return cls(settings.visit_grace, settings.visit_home, settings.ladder_visit)

    def next_sign_due(self, trip: Trip) -> datetime | None:
        match trip.state:
            case State.SAFE | State.DROPPED:
                return None
            case State.PLANNED:
                return trip.ends_at + self.grace
            case State.DEPARTED:
                return max(trip.start_at, trip.seen_at) + self.grace
            case State.ARRIVED | State.UNDER_WAY:
                return max(trip.ends_at, trip.seen_at) + self.grace
            case _:
                return trip.seen_at + self.home


def look(times: Times) -> None:
    """Call for every sign that is missing, one rung after the other. The caller commits."""
    quiet = or_(Trip.alarm_at.is_(None), Trip.cleared_at.is_not(None))
    late = select(Trip).where(Trip.due_at <= clock.now(), quiet, Trip.state.not_in(OVER))
    for trip in db.session.scalars(late.with_for_update(skip_locked=True)).all():
        _climb(trip, times)


def raise_alarm(trip: Trip, alarm: Alarm) -> None:
    """Ring now; an alarm that rings already rings once more.

    Duress rings at the manajers' alone: her partner's phone may lie on the same table as hers.
    """
    if not trip.in_emergency:
        trip.alarm, trip.alarm_at = alarm, clock.now()
        trip.cleared_at = trip.cleared_by_id = trip.cleared_reason = None
    people = _manajers()
    if alarm is Alarm.OVERDUE and trip.buddy_id:
        people.append(trip.buddy_id)
    subject = Subject.DURESS if alarm is Alarm.DURESS else Subject.VISIT_OVERDUE
    for person in people:
        _call(subject, person, trip.watchers_path)


def clear(trip: Trip, *, reason: str, by: Account, times: Times) -> None:
    """She is safe, and somebody knows how. Raises `ManajerOnly` and `ReasonNeeded`."""
    if by.role != StaffRole.MANAJER or by.id == trip.counsellor_id:
        raise ManajerOnly
    if not reason.strip():
        raise ReasonNeeded
    if not trip.in_emergency:
        return
    trip.cleared_at, trip.cleared_by_id, trip.cleared_reason = clock.now(), by.id, reason
    trip.rung, due = None, times.next_sign_due(trip)
    if due is not None and due < clock.now():
        trip.state, trip.due_at = State.SAFE, None  # nothing more is awaited of somebody known to be safe
    for subject in (Subject.VISIT_OVERDUE, Subject.DURESS):
        push.cancel(subject, path=trip.watchers_path)


def _climb(trip: Trip, times: Times) -> None:
    before = -1 if trip.rung is None else trip.rung
    reached = max(
        (rung for rung, after in enumerate(times.rungs) if trip.due_at + after <= clock.now()), default=-1
    )
    for rung in range(before + 1, reached + 1):
        trip.rung = rung
        match rung:
            case 0:
                _call(Subject.VISIT_OVERDUE, trip.counsellor_id, trip.her_path)
            case 1 if trip.buddy_id:
                _call(Subject.VISIT_OVERDUE, trip.buddy_id, trip.watchers_path)
            case 2:
                for person in _manajers():
                    _call(Subject.VISIT_OVERDUE, person, trip.watchers_path)
            case 3:
                raise_alarm(trip, Alarm.OVERDUE)


def _manajers() -> list[UUID]:
    """Or, where the office has none, whoever is on call: an alarm never rings for nobody."""
    return oncall.everybody(StaffRole.MANAJER) or oncall.now()


def _call(subject: Subject, person: UUID, path: str) -> None:
    push.promise(subject, to=person, path=path, urgent=True, until=clock.now() + _LASTS)
