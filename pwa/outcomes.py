"""How a visit ended: notes for the office alone, what was agreed, and the next step, or why there is none.

This is the one way in which a visit is closed, wherever it was: nobody is dropped without a word.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import clock, db, series, tasks
from pwa.accounts import Account
from pwa.i18n import lazy_gettext as _l
from pwa.vault import Sealed
from pwa.visits import State, Visit, given, move

OVER = (State.FINISHED, State.COUNSELLOR_SAFE, State.NOT_MET, State.STOPPED_UNSAFE)
_TO_ANSWER = timedelta(days=2)  # before the day of the next one, so that she can still say yes or no


class Next(StrEnum):
    VISIT = "visit"
    CONTACT = "contact"
    REFERRAL = "referral"
    NONE = "none"

    @property
    def label(self) -> str:
        return str(_LABELS[self])

    @property
    def needs_words(self) -> bool:
        """A next visit has a goal, and the end of the visits a reason."""
        return self in (Next.VISIT, Next.NONE)


_LABELS = {
    Next.VISIT: _l("Another visit"),
    Next.CONTACT: _l("Contact in the safe way"),
    Next.REFERRAL: _l("Referral"),
    Next.NONE: _l("Nothing more"),
}


class NotEnded(Exception):
    """There is nothing to write about before the visit is over."""


class Decided(Exception):
    """What comes next was decided already."""


class DateNeeded(Exception):
    """A next step has a day."""


class Outcome(db.Model):
    """`reason` is why there is nothing more, or the goal of what comes next."""

    __tablename__ = "outcome"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    notes: Mapped[str | None] = mapped_column(Sealed("outcome.notes"), deferred=True)
    agreed: Mapped[str | None] = mapped_column(Sealed("outcome.agreed"), deferred=True)
    next: Mapped[Next] = mapped_column(db.words(Next))
    next_on: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Sealed("outcome.reason"), deferred=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)

    @property
    def next_day(self) -> date | None:
        return self.next_on and date.fromisoformat(self.next_on)


@dataclass(frozen=True)
class Ending:
    """`met` is asked where no trip has said it: at the office or on the phone."""

    next: Next
    on: date | None = None
    words: str = ""
    agreed: str = ""
    notes: str = ""
    met: bool = True


def is_over(visit: Visit) -> bool:
    """A trip says so by its signs; where nobody travels, the agreed time does."""
    return visit.state in OVER or _waits_for_word(visit)


def close(visit: Visit, ending: Ending, *, by: Account) -> Outcome:
    """Raises `NotEnded`, `Decided`, `DateNeeded` and `visits.ReasonNeeded`."""
    if visit.decided_at:
        raise Decided
    if not is_over(visit):
        raise NotEnded
    if ending.next.needs_words:
        given(ending.words)
    if ending.next is not Next.NONE and ending.on is None:
        raise DateNeeded
    if _waits_for_word(visit):
        move(visit, State.FINISHED if ending.met else State.NOT_MET, by=by)
    _begin_next(visit, ending)
    visit.decided_at = clock.now()
    move(visit, visit.state, by=by, reason=ending.words)
    return _written(visit, ending, by)


def correct(visit: Visit, *, agreed: str, notes: str) -> None:
    """What was written can be put right; what was decided has begun already. Raises `NotEnded`."""
    outcome = find(visit.id)
    if outcome is None:
        raise NotEnded
    outcome.agreed, outcome.notes = agreed or None, notes or None


def of(visit_id: UUID) -> Select[tuple[Outcome]]:
    return select(Outcome).where(Outcome.visit_id == visit_id).options(undefer("*"))


def find(visit_id: UUID) -> Outcome | None:
    return db.session.scalars(of(visit_id)).first()


def _waits_for_word(visit: Visit) -> bool:
    return visit.state is State.CONFIRMED and not visit.travel and visit.start_at <= clock.now()


def _begin_next(visit: Visit, ending: Ending) -> None:
    match ending.next:
        case Next.VISIT:
            morning = datetime.combine(ending.on, time(8), clock.JAKARTA)
            series.go_on(visit, goal=ending.words, offer_by=morning - _TO_ANSWER)
        case Next.CONTACT:
            evening = clock.end_of_day(datetime.combine(ending.on, time(), clock.JAKARTA))
            tasks.set_(tasks.Kind.REACH_AGAIN, visit, due_at=evening)


def _written(visit: Visit, ending: Ending, by: Account) -> Outcome:
    outcome = Outcome(
        visit_id=visit.id, next=ending.next, next_on=ending.on.isoformat() if ending.on else None,
        reason=ending.words or None, agreed=ending.agreed or None, notes=ending.notes or None, by_id=by.id,
        at=clock.now(),
    )  # fmt: skip
    db.session.add(outcome)
    return outcome
