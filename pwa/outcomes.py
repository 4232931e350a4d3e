"""How a visit ended: notes for the office alone, what was agreed, and the next step, or why there is none."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import clock, db
from pwa.accounts import Account
from pwa.i18n import lazy_gettext as _l
from pwa.trips import State, Trip
from pwa.vault import Sealed

ENDED = (State.FINISHED, State.NOT_MET, State.STOPPED, State.SAFE)


class Next(StrEnum):
    VISIT = "visit"
    CONTACT = "contact"
    REFERRAL = "referral"
    NONE = "none"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    Next.VISIT: _l("Another visit"),
    Next.CONTACT: _l("Contact in the safe way"),
    Next.REFERRAL: _l("Referral"),
    Next.NONE: _l("Nothing more"),
}


class NotEnded(Exception):
    """There is nothing to write about before the visit is over."""


class ReasonNeeded(Exception):
    """Without a next step there must be a reason."""


class DateNeeded(Exception):
    """A next step has a day."""


class Outcome(db.Model):
    __tablename__ = "outcome"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("trip.visit_id"), primary_key=True)
    notes: Mapped[str | None] = mapped_column(Sealed("outcome.notes"), deferred=True)
    agreed: Mapped[str | None] = mapped_column(Sealed("outcome.agreed"), deferred=True)
    next: Mapped[Next] = mapped_column(db.words(Next))
    next_on: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Sealed("outcome.reason"), deferred=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


def write(
    trip: Trip, *, notes: str, agreed: str, next: Next, on: date | None, reason: str, by: Account
) -> Outcome:
    """Once more, and it is put right. Raises `NotEnded`, `DateNeeded`, `ReasonNeeded`."""
    if trip.state not in ENDED:
        raise NotEnded
    if next is Next.NONE and not reason.strip():
        raise ReasonNeeded
    if next is not Next.NONE and on is None:
        raise DateNeeded
    outcome = db.session.get(Outcome, trip.visit_id) or Outcome(visit_id=trip.visit_id)
    outcome.notes, outcome.agreed, outcome.reason = notes or None, agreed or None, reason or None
    outcome.next, outcome.next_on = next, None if next is Next.NONE else on.isoformat()
    outcome.by_id, outcome.at = by.id, clock.now()
    db.session.add(outcome)
    return outcome


def find(visit_id: UUID) -> Outcome | None:
    return db.session.get(Outcome, visit_id, options=[undefer("*")])
