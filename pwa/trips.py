"""A counsellor on her way: when she goes, when she should be back, who watches over her, and how far she is.

A trip knows no name and no place of whom it is for. Its token is all that her phone keeps besides times.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, vault
from pwa.accounts import Account, StaffRole
from pwa.vault import Sealed

LONGEST_EXTENSION = timedelta(hours=4)


class State(StrEnum):
    """In the order in which a trip goes; it never goes back."""

    PLANNED = "planned"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    UNDER_WAY = "under-way"
    FINISHED = "finished"
    NOT_MET = "not-met"
    STOPPED = "stopped-unsafe"
    SAFE = "counsellor-safe"
    DROPPED = "cancelled"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {state: min(rank, 4) for rank, state in enumerate(State)} | {State.SAFE: 5, State.DROPPED: 6}
OVER = (State.SAFE, State.DROPPED)
ENDED = (State.FINISHED, State.NOT_MET, State.STOPPED, State.SAFE)


class Alarm(StrEnum):
    """Why the manajer was called. Her own page never shows that it rings: somebody may be looking at it."""

    OVERDUE = "overdue"
    DURESS = "duress"


class Trip(db.Model):
    """`due_at` is when the next sign of hers is missed; `rung` how far the calling has climbed since then."""

    __tablename__ = "trip"
    __table_args__ = (Index("ix_trip_watched", "due_at", "alarm_at"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    counsellor_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    buddy_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    start_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    end_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    extended: Mapped[int] = mapped_column(default=0)  # minutes
    state: Mapped[State] = mapped_column(db.words(State))
    seen_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    rung: Mapped[int | None]
    alarm: Mapped[Alarm | None] = mapped_column(db.words(Alarm))
    alarm_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    cleared_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    cleared_reason: Mapped[str | None] = mapped_column(Sealed("trip.cleared_reason"))
    reach_again_by: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    reached_again_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    @property
    def ends_at(self) -> datetime:
        return self.end_at + timedelta(minutes=self.extended)

    @property
    def in_emergency(self) -> bool:
        return self.alarm_at is not None and self.cleared_at is None

    @property
    def must_reach_again(self) -> bool:
        """They did not meet; somebody asks her within a day, in her safe way, what would suit her better."""
        return self.reach_again_by is not None and self.reached_again_at is None

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def token(self) -> str:
        return _token(self.visit_id)

    @property
    def her_path(self) -> str:
        return f"/konselor/perjalanan/{self.visit_id}"

    @property
    def watchers_path(self) -> str:
        return f"/kantor/perjalanan/{self.visit_id}"


def plan(
    visit_id: UUID, *, counsellor_id: UUID, buddy_id: UUID | None, start: datetime, end: datetime,
    grace: timedelta,
) -> Trip:  # fmt: skip
    """She will go; called again, she goes at another time. One who has left already keeps what she said."""
    trip = find(visit_id)
    if trip is None:
        trip = Trip(visit_id=visit_id, token_hash=_hash(_token(visit_id)), extended=0, state=State.PLANNED)
        db.session.add(trip)
    if trip.state in (State.PLANNED, State.DROPPED):
        trip.counsellor_id, trip.buddy_id, trip.start_at, trip.end_at = counsellor_id, buddy_id, start, end
        trip.state, trip.rung, trip.due_at = State.PLANNED, None, end + grace
    db.session.flush()
    return trip


def drop(visit_id: UUID) -> None:
    """She will not go. Once she has left, only her own signs end the trip."""
    trip = find(visit_id)
    if trip is not None and trip.state is State.PLANNED:
        trip.state, trip.due_at = State.DROPPED, None


def reached_again(trip: Trip) -> None:
    trip.reached_again_at = trip.reached_again_at or clock.now()


def find(visit_id: UUID) -> Trip | None:
    """Held until the commit, so that two signs at once come one after the other."""
    return _one(select(Trip).where(Trip.visit_id == visit_id))


def by_token(token: str) -> Trip | None:
    return _one(select(Trip).where(Trip.token_hash == _hash(token)))


def of(account: Account, visit_id: UUID) -> Trip | None:
    """Her own; another one's is not there."""
    return _one(select(Trip).where(Trip.visit_id == visit_id, Trip.counsellor_id == account.id))


def watched_by(account: Account, visit_id: UUID) -> Trip | None:
    return _one(_watched(account).where(Trip.visit_id == visit_id))


def under_way(account: Account) -> Sequence[Trip]:
    """What this person watches over and is not at its end, alarms first."""
    running = _watched(account).where(
        or_(
            Trip.state.not_in(OVER),
            and_(Trip.alarm_at.is_not(None), Trip.cleared_at.is_(None)),
            and_(Trip.reach_again_by.is_not(None), Trip.reached_again_at.is_(None)),
        )
    )
    found = db.session.scalars(running.where(Trip.start_at < clock.now() + timedelta(days=1))).all()
    return sorted(found, key=lambda trip: (not trip.in_emergency, trip.start_at))


def coming(account: Account) -> Sequence[Trip]:
    """Hers that are not over, soonest first."""
    query = select(Trip).where(Trip.counsellor_id == account.id, Trip.state.not_in(OVER))
    return db.session.scalars(query.order_by(Trip.start_at)).all()


def _watched(account: Account) -> Select[tuple[Trip]]:
    """A manajer watches over everybody, a buddy over hers."""
    query = select(Trip)
    return query if account.role == StaffRole.MANAJER else query.where(Trip.buddy_id == account.id)


def _one(query: Select[tuple[Trip]]) -> Trip | None:
    held = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(held).first()


def _token(visit_id: UUID) -> str:
    return vault.current().mac("visit token", visit_id).hex()[:32]


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
