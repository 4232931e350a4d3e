"""Another time for a confirmed visit: either side may propose it, only the other side may accept it.

Until then the old time stands and stays booked; accepting swaps the two in one step.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Select, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from pwa import appointments, clock, db, diary, listeners, push, rechecks, reminders, tasks
from pwa.accounts import Account, StaffRole
from pwa.answers import Sort
from pwa.appointments import Late, Slot
from pwa.visits import (
    SHE,
    ManajerOnly,
    State,
    Visit,
    WrongState,
    expect,
    given,
    move,
    only_manajer_at_high_risk,
)

BY_OFFICE_ALONE = 2  # a third change of one visit is a manajer's


class Stand(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class OwnProposal(Exception):
    """Nobody accepts what they proposed themselves."""


class OneAtATime(Exception):
    """Another time is already being asked about."""


class ContactFirst(Exception):
    """She has to be reached in the safe way today before this is settled."""


class RecheckFirst(Exception):
    """The risk of the place has to be looked at again today before this visit is moved."""


class Move(db.Model):
    """Without `by_id` it is hers. The key lets only one wait at a time."""

    __tablename__ = "visit_move"
    __table_args__ = (
        Index(
            "uq_visit_move_waiting", "visit_id", unique=True,
            sqlite_where=text("stand = 'waiting'"), postgresql_where=text("stand = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    stand: Mapped[Stand] = mapped_column(db.words(Stand), default=Stand.WAITING)
    start_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id"))
    lapses_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    @property
    def slot(self) -> Slot:
        return Slot(self.start_at, self.end_at)

    @property
    def is_hers(self) -> bool:
        return self.by_id is None


def propose(visit: Visit, slot: Slot, *, reason: str, by: Account) -> Move:
    """The office asks for another time.

    Raises `ReasonNeeded`, `OneAtATime`, `TooSoon`; at high risk also `ManajerOnly`, `RecheckFirst` and `ContactFirst`.
    """
    expect(visit, State.CONFIRMED)
    appointments.expect_future(slot)
    _guard(visit, by)
    given(reason)
    row = _propose(visit, slot, by_id=by.id)
    row.answer_id = appointments.tell_time(visit, slot, Sort.MOVE, by=by).id
    move(visit, State.CONFIRMED, by=by, reason=reason)
    return row


def propose_by_her(visit: Visit, slot: Slot) -> Move:
    """Raises `WrongState`, `OneAtATime`, `TooSoon`."""
    expect(visit, State.CONFIRMED)
    appointments.expect_future(slot)
    row = _propose(visit, slot, by_id=None)
    appointments.call(visit, push.Subject.VISIT_MOVED)
    return row


def accept(row: Move, visit: Visit, *, by: Account | None, at: datetime | None = None) -> None:
    """By the office with `by`, by her without. Raises `OwnProposal`, `Late`, `diary.Taken`; then the old time stands."""
    _expect_other_side(row, visit, by, at)
    if by and tasks.open_of(visit):
        raise ContactFirst
    diary.swap(visit.id, visit.resources, row.start_at, row.end_at, buffer=visit.travel)
    answer_id = row.answer_id or appointments.tell_time(visit, row.slot, Sort.OFFER, by=by).id
    visit.start_at, visit.end_at, visit.answer_id, visit.due_at = (
        row.start_at,
        row.end_at,
        answer_id,
        row.start_at,
    )
    _settle(row, Stand.ACCEPTED)
    move(visit, State.CONFIRMED, by=by, role=SHE)
    reminders.promise(visit)
    if by is None:
        appointments.call(visit, push.Subject.VISIT_MOVED)


def refuse(row: Move, visit: Visit, *, by: Account | None) -> None:
    """The old time stands. Raises `OwnProposal`."""
    _expect_other_side(row, visit, by, None)
    _settle(row, Stand.REFUSED)
    if by is None:
        appointments.call(visit, push.Subject.VISIT_MOVED)
    else:
        listeners.tell(visit.receipt_id, push.Subject.NEWS)


def withdraw(row: Move, visit: Visit, *, by: Account | None) -> None:
    """Only by the side that proposed it. Raises `WrongState`."""
    if row.stand is not Stand.WAITING or row.is_hers != (by is None):
        raise WrongState
    _settle(row, Stand.WITHDRAWN)
    if by:
        listeners.tell(visit.receipt_id, push.Subject.NEWS)


def lapse_due() -> int:
    """What nobody answered; the old time stands."""
    query = select(Move).where(Move.stand == Stand.WAITING, Move.lapses_at < clock.now())
    due = db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all()
    for row in due:
        _settle(row, Stand.LAPSED)
    return len(due)


def waiting(visit: Visit) -> Move | None:
    return db.session.scalars(waiting_on(visit)).first()


def waiting_on(visit: Visit) -> Select[tuple[Move]]:
    return select(Move).where(Move.visit_id == visit.id, Move.stand == Stand.WAITING)


def find(id: UUID, visit: Visit) -> Move | None:
    row = db.session.get(Move, id)
    return row if row is not None and row.visit_id == visit.id else None


def _guard(visit: Visit, by: Account) -> None:
    if visit.level.is_high:
        only_manajer_at_high_risk(visit, by)
        if not rechecks.was_today(visit):
            raise RecheckFirst
        if not tasks.was_reached_today(visit):
            raise ContactFirst
    mine = select(func.count()).where(Move.visit_id == visit.id, Move.by_id.is_not(None))
    if by.role != StaffRole.MANAJER and db.session.scalar(mine) >= BY_OFFICE_ALONE:
        raise ManajerOnly


def _propose(visit: Visit, slot: Slot, *, by_id: UUID | None) -> Move:
    if waiting(visit):
        raise OneAtATime
    lapses_at = min(slot.kept_until, visit.start_at)
    row = Move(
        id=uuid4(), visit_id=visit.id, by_id=by_id, start_at=slot.start, end_at=slot.end, lapses_at=lapses_at
    )
    db.session.add(row)
    db.session.flush()
    return row


def _expect_other_side(row: Move, visit: Visit, by: Account | None, at: datetime | None) -> None:
    expect(visit, State.CONFIRMED)
    if row.is_hers == (by is None):
        raise OwnProposal
    if row.stand is not Stand.WAITING:
        raise WrongState
    if (at or clock.now()) > row.lapses_at:
        raise Late


def _settle(row: Move, stand: Stand) -> None:
    row.stand, row.settled_at = stand, clock.now()
    db.session.flush()
