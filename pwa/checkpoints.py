"""The signs a counsellor gives on her way: left, there, begun, longer, done, home.

A sign is a fact: it is taken whenever it arrives, once, and shown as late where it was. It may wait on a phone without
signal, so it comes with the time it happened, and its order of arrival means nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, duress, oncall, push
from pwa.accounts import StaffRole
from pwa.push import Subject
from pwa.safety import Times, raise_alarm
from pwa.trips import LONGEST_EXTENSION, Alarm, State, Trip

LATE = timedelta(minutes=2)
EXTENSIONS = (15, 30, 60)
LONGEST_WORD = 60
REACH_AGAIN = timedelta(hours=24)


class Kind(StrEnum):
    DEPARTED = "departed"
    ARRIVED = "arrived"
    UNDER_WAY = "under-way"
    EXTEND = "extend"
    FINISHED = "finished"
    NOT_MET = "not-met"
    STOPPED = "stopped-unsafe"
    HOME = "home"

    @property
    def state(self) -> State | None:
        """Where she is after it; "longer" moves nothing but the end."""
        match self:
            case Kind.HOME:
                return State.SAFE
            case Kind.EXTEND:
                return None
            case _:
                return State(self.value)


# What she may say next, in the order of the buttons. Whatever else comes is still taken: it may have waited.
NEXT = {
    State.PLANNED: (Kind.DEPARTED,),
    State.DEPARTED: (Kind.ARRIVED, Kind.STOPPED),
    State.ARRIVED: (Kind.UNDER_WAY, Kind.NOT_MET, Kind.EXTEND, Kind.STOPPED),
    State.UNDER_WAY: (Kind.FINISHED, Kind.EXTEND, Kind.STOPPED),
    State.FINISHED: (Kind.HOME,),
    State.NOT_MET: (Kind.HOME,),
    State.STOPPED: (Kind.HOME,),
    State.SAFE: (),
    State.DROPPED: (),
}


# The same by button: in which states each of them is shown.
WHEN = {kind: tuple(state for state, kinds in NEXT.items() if kind in kinds) for kind in Kind}


class Checkpoint(db.Model):
    """`id` was made where the sign was given, so that the same sign sent twice is one."""

    __tablename__ = "checkpoint"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("trip.visit_id"), index=True)
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    minutes: Mapped[int | None]
    happened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    @property
    def late(self) -> bool:
        return self.received_at - self.happened_at > LATE

    @property
    def longer(self) -> timedelta:
        return timedelta(minutes=self.minutes or 0)


def note(
    trip: Trip, id: UUID, kind: Kind, *, times: Times, happened_at: datetime | None = None,
    minutes: int | None = None, word: str = "",
) -> None:  # fmt: skip
    """Take a sign. The same one again changes nothing, and neither does a phone's clock that runs ahead."""
    if db.session.get(Checkpoint, id) is not None:
        return
    now = clock.now()
    happened_at = min(happened_at or now, now)
    minutes = minutes if kind is Kind.EXTEND else None
    db.session.add(
        Checkpoint(
            id=id,
            visit_id=trip.visit_id,
            kind=kind,
            minutes=minutes,
            happened_at=happened_at,
            received_at=now,
        )
    )
    _move(trip, kind, happened_at, minutes or 0)
    _calm(trip, times)
    if kind is Kind.EXTEND and duress.is_meant(trip.counsellor_id, word):
        raise_alarm(trip, Alarm.DURESS)
    db.session.flush()


def signs_of(trip: Trip) -> Sequence[Checkpoint]:
    query = select(Checkpoint).where(Checkpoint.visit_id == trip.visit_id)
    return db.session.scalars(query.order_by(Checkpoint.happened_at, Checkpoint.received_at)).all()


def _move(trip: Trip, kind: Kind, happened_at: datetime, minutes: int) -> None:
    trip.seen_at = max(trip.seen_at or happened_at, happened_at)
    trip.extended = min(trip.extended + minutes, LONGEST_EXTENSION // timedelta(minutes=1))
    if kind.state is None or kind.state.rank < trip.state.rank or trip.is_over:
        return
    trip.state = kind.state
    if kind is Kind.NOT_MET:
        trip.reach_again_by = happened_at + REACH_AGAIN
        for person in oncall.everybody(StaffRole.MANAJER):
            push.promise(Subject.TASK, to=person, path=trip.watchers_path)
    if kind is Kind.STOPPED and trip.buddy_id:
        push.promise(Subject.TASK, to=trip.buddy_id, path=trip.watchers_path, urgent=True)


def _calm(trip: Trip, times: Times) -> None:
    """She gave a sign: the calling starts anew from the next one that is due. An alarm rings on."""
    trip.due_at, trip.rung = times.next_sign_due(trip), None
    push.cancel(Subject.VISIT_OVERDUE, path=trip.her_path)
    if not trip.in_emergency:
        push.cancel(Subject.VISIT_OVERDUE, path=trip.watchers_path)
