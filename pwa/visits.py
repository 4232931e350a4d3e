"""Visits: asked for by her, offered by the office, confirmed by her; who may move one, and every move that was made.

What she asks for is an envelope. The process that faces the internet only files it; the office's own moves it on.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, filing, receipts
from pwa.accounts import Account, StaffRole
from pwa.envelope import Label
from pwa.filing import Filed, SafeHours
from pwa.levels import Level
from pwa.vault import Sealed


class State(StrEnum):
    ASKED = "asked"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    UNDER_WAY = "under-way"
    FINISHED = "finished"
    COUNSELLOR_SAFE = "counsellor-safe"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED_BY_HER = "cancelled-by-her"
    CANCELLED_BY_OFFICE = "cancelled-by-office"
    NOT_MET = "not-met"
    STOPPED_UNSAFE = "stopped-unsafe"
    COUNSELLOR_EMERGENCY = "counsellor-emergency"


WAITING = (State.ASKED, State.LAPSED)  # for the office to offer a time
BOOKED = (State.OFFERED, State.CONFIRMED)
ON_THE_ROAD = (State.DEPARTED, State.ARRIVED, State.UNDER_WAY, State.FINISHED, State.COUNSELLOR_EMERGENCY)
OPEN = (*WAITING, *BOOKED, *ON_THE_ROAD)


class Place(StrEnum):
    HOME = "home"
    NEUTRAL = "neutral"
    OFFICE = "office"
    SCHOOL = "school"
    PHONE = "phone"

    @property
    def travel(self) -> timedelta:
        """To get there, and again to get back."""
        return timedelta() if self in (Place.OFFICE, Place.PHONE) else timedelta(minutes=30)


class WrongState(Exception):
    """This visit has moved on in the meantime; show where it stands now."""


class TakenUp(Exception):
    """A colleague was faster; the visit is in good hands."""


class ReasonNeeded(Exception):
    """This step is only taken with a reason."""


class ManajerOnly(Exception):
    """At this risk the step is a manajer's."""


class Visit(SafeHours, Filed, db.Model):
    """`start_at` and `end_at` are the office's to read; to her they are closed in the answer `answer_id`.

    `series_id` is the first of a series, the only one that she told anything; `decided_at` when it was said what comes
    after this one. `due_at` is when the office owes her the next thing,
    `lapses_at` until when an offered time is kept for her.
    """

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_open", "state", "due_at"),)

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    state: Mapped[State] = mapped_column(db.words(State), default=State.ASKED)
    level: Mapped[Level] = mapped_column(db.words(Level))
    place: Mapped[Place | None] = mapped_column(db.words(Place))
    wished_sex: Mapped[str | None] = mapped_column(String(8))
    wished_tongue: Mapped[str | None] = mapped_column(String(8))
    safe_days: Mapped[int] = mapped_column(default=0)
    safe_hours: Mapped[int] = mapped_column(default=0)
    counsellor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    vehicle_id: Mapped[UUID | None] = mapped_column(ForeignKey("resource.id"))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("resource.id"))
    start_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    end_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id"))
    lapses_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
    decided_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    goal: Mapped[str | None] = mapped_column(Sealed("visit.goal"))

    @property
    def travel(self) -> timedelta:
        return (self.place or Place.HOME).travel

    @property
    def resources(self) -> list[UUID]:
        """Everybody and everything that is booked with it."""
        return [id for id in (self.counsellor_id, self.partner_id, self.vehicle_id, self.room_id) if id]


class Step(db.Model):
    """One move of a visit. Without `by_id` it was hers (`she`) or nobody's (`system`)."""

    __tablename__ = "visit_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    before: Mapped[State] = mapped_column(db.words(State))
    after: Mapped[State] = mapped_column(db.words(State))
    reason: Mapped[str | None] = mapped_column(Sealed("visit_step.reason"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


SHE, NOBODY = "she", "system"


def ask(label: Label, envelope: bytes, *, body_hash: bytes, handover: bool = False) -> None:
    """File what she asks for, under the number she already has or under a new one; twice is once. The caller commits.

    Raises `filing.OtherBody`, and `receipts.NumberTaken` when two new requests race for one number.
    """
    if filing.is_here(Visit, label.id, body_hash):
        return
    receipt = receipts.find(label.lookup)
    receipt_id = receipt.id if receipt else uuid4()
    if receipt is None and not receipts.issue(receipt_id, label.lookup, handover=handover):
        if filing.is_here(Visit, label.id, body_hash):
            return
        raise receipts.NumberTaken
    asked = filing.columns(label, envelope, body_hash) | {
        "receipt_id": receipt_id, "level": Level.DARURAT if label.danger else Level.SEDANG, "due_at": clock.now(),
    }  # fmt: skip
    if not db.insert_new(Visit, asked):
        filing.is_here(Visit, label.id, body_hash)


def take_up(visit: Visit, *, by: Account) -> None:
    """Only one of all who press at once. Raises `TakenUp` for the others."""
    expect(visit, *OPEN)
    if visit.counsellor_id not in (None, by.id):
        raise TakenUp
    visit.counsellor_id = by.id


def raise_level(receipt_id: UUID, level: Level) -> None:
    """What was told under the same number was found to be this grave; a visit is never milder."""
    for visit in db.session.scalars(
        select(Visit).where(Visit.receipt_id == receipt_id, Visit.state.in_(OPEN))
    ):
        if level.rank < visit.level.rank:
            visit.level = level


def steps_of(visit: Visit) -> Select[tuple[Step]]:
    return select(Step).where(Step.visit_id == visit.id).order_by(Step.at)


def expect(visit: Visit, *states: State) -> None:
    if visit.state not in states:
        raise WrongState


def move(
    visit: Visit, after: State, *, by: Account | None = None, role: str = NOBODY, reason: str = ""
) -> None:
    """Every change of state ends here and is kept with who, when and why."""
    db.session.add(
        Step(
            visit_id=visit.id, before=visit.state, after=after, reason=reason or None, by_id=by and by.id,
            role=by.role if by else role,
        )
    )  # fmt: skip
    visit.state = after


def given(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded
    return reason


def only_manajer_at_high_risk(visit: Visit, by: Account) -> None:
    if visit.level.is_high and by.role != StaffRole.MANAJER:
        raise ManajerOnly
