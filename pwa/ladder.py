"""Silence is answered by more people: the rings that go off when somebody said "danger now" or a clock ran out.

Calls of one cause that nobody has taken share one ring, so a thousand of them wake people once and lose nothing.
"I take it" by one person ends the ring for all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, oncall, pulse, push
from pwa.accounts import StaffRole
from pwa.oncall import Line
from pwa.push import Subject

PATH = "/kantor/panggilan"
QUIET = timedelta(seconds=60)  # newcomers make no second noise within it
_LASTS = timedelta(minutes=15)
_AT_ONCE = 100

Times = tuple[timedelta, ...]


class Cause(StrEnum):
    DANGER = "danger-now"
    TRIAGE = "triage"
    FIRST_CONTACT = "first-contact"


class Step(IntEnum):
    """In this order, at the times the settings name."""

    FIRST_LINE = 0
    AGAIN = 1
    CHANNEL = 2
    SECOND_LINE = 3
    MANAJER = 4
    HEAD = 5


class Ring(db.Model):
    """`began_at` is when its first step counts from, which may lie in the past where nobody is on call."""

    __tablename__ = "ring"
    __table_args__ = (Index("ix_ring_open", "taken_at", "next_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    danger: Mapped[bool]
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    began_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    step: Mapped[int | None]  # the last one taken
    next_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    rang_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class Call(db.Model):
    """One report somebody must look at. The public part may add one and read none."""

    __tablename__ = "ladder_call"
    __table_args__ = (UniqueConstraint("report_id", "cause", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cause: Mapped[Cause] = mapped_column(db.words(Cause))
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    called_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ring_id: Mapped[UUID | None] = mapped_column(ForeignKey("ring.id"), index=True)
    settled_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


def call(report_id: UUID, cause: Cause, *, due_at: datetime | None = None) -> None:
    """Somebody must look at this report. In the same transaction as the fact; the caller commits."""
    now = clock.now()
    row = {"id": uuid4(), "cause": cause, "report_id": report_id, "due_at": due_at or now, "called_at": now}
    db.session.execute(insert(Call.__table__), row)


def climb(danger: Times, late: Times) -> set[Step]:
    """Put new calls into rings and take every step that has come; which ones these were. Commits."""
    if _has_nothing_to_do() or not pulse.hold(pulse.DELIVERER):
        return set()
    _gather()
    query = select(Ring).where(Ring.taken_at.is_(None), Ring.next_at <= clock.now())
    taken = set()
    for ring in db.session.scalars(query.with_for_update(skip_locked=True)).all():
        taken |= _climb(ring, danger if ring.danger else late)
    db.session.commit()
    return taken


def take(ring_id: UUID, *, by: UUID) -> bool:
    """One person takes it and it ends for all; False when somebody else was faster. The caller commits."""
    query = update(Ring).where(Ring.id == ring_id, Ring.taken_at.is_(None))
    taken = db.session.execute(query.values(taken_at=clock.now(), taken_by_id=by)).rowcount
    if taken:
        _hush()
    return bool(taken)


def settle(call_ids: Iterable[UUID]) -> None:
    """These were answered by doing; a ring with nothing left in it ends. The caller commits."""
    for id in call_ids:
        db.session.execute(update(Call).where(Call.id == id).values(settled_at=clock.now()))
    waiting = select(Call.ring_id).where(Call.settled_at.is_(None), Call.ring_id.is_not(None))
    ended = update(Ring).where(Ring.taken_at.is_(None), Ring.id.not_in(waiting), Ring.rang_at.is_not(None))
    if db.session.execute(
        ended.values(taken_at=clock.now()).execution_options(synchronize_session=False)
    ).rowcount:
        _hush()


def find(id: UUID) -> Ring | None:
    return db.session.get(Ring, id)


def open_or_taken_by(account_id: UUID, since: datetime) -> Sequence[Ring]:
    """What rings now, danger first, and what this person has taken lately."""
    mine = (Ring.taken_by_id == account_id) & (Ring.taken_at > since)
    query = select(Ring).where(Ring.taken_at.is_(None) | mine)
    return db.session.scalars(query.order_by(Ring.danger.desc(), Ring.opened_at)).all()


def calls_of(rings: Sequence[Ring]) -> Sequence[Call]:
    query = select(Call).where(Call.ring_id.in_([ring.id for ring in rings]), Call.settled_at.is_(None))
    return db.session.scalars(query.order_by(Call.called_at)).all()


def waiting_calls() -> Sequence[Call]:
    """Of open rings, for whoever knows whether they were answered by doing."""
    query = select(Call).join(Ring, Ring.id == Call.ring_id).where(Ring.taken_at.is_(None))
    return db.session.scalars(query.where(Call.settled_at.is_(None))).all()


def unheard() -> bool:
    """Whether a ring went all the way up and still nobody came."""
    query = select(Ring.id).where(Ring.taken_at.is_(None), Ring.step == Step.HEAD)
    return db.session.scalar(query.limit(1)) is not None


def _has_nothing_to_do() -> bool:
    with db.reading():
        new = select(Call.id).where(Call.ring_id.is_(None)).limit(1)
        due = select(Ring.id).where(Ring.taken_at.is_(None), Ring.next_at <= clock.now()).limit(1)
        nothing = db.session.scalar(new) is None and db.session.scalar(due) is None
        db.session.rollback()
    return nothing


def _gather() -> None:
    """Every call that belongs to no ring joins the open one of its kind, or starts it."""
    new = select(Call).where(Call.ring_id.is_(None)).order_by(Call.called_at)
    calls = db.session.scalars(new.with_for_update(skip_locked=True)).all()
    for danger in {call.cause is Cause.DANGER for call in calls}:
        joining = [call for call in calls if (call.cause is Cause.DANGER) is danger]
        ring = _open_ring(danger) or _new_ring(danger)
        for call in joining:
            call.ring_id = ring.id
        if ring.rang_at is not None:
            ring.next_at = min(ring.next_at, max(clock.now(), ring.rang_at + QUIET))


def _open_ring(danger: bool) -> Ring | None:
    query = select(Ring).where(Ring.taken_at.is_(None), Ring.danger == danger)
    return db.session.scalars(query.order_by(Ring.opened_at).limit(1).with_for_update()).first()


def _new_ring(danger: bool) -> Ring:
    now = clock.now()
    ring = Ring(id=uuid4(), danger=danger, opened_at=now, began_at=now, step=None, next_at=now)
    db.session.add(ring)
    db.session.flush()
    return ring


def _climb(ring: Ring, times: Times) -> set[Step]:
    """Every step whose time has come, in one go; where none has, newcomers ring once more for those already called."""
    now = clock.now()
    if ring.step is None and not oncall.now(Line.FIRST) + oncall.now(Line.SECOND):
        ring.began_at = now - times[Step.MANAJER]
    before = -1 if ring.step is None else ring.step
    reached = max(step for step in Step if step <= before or ring.began_at + times[step] <= now)
    first = Step.CHANNEL if ring.began_at < ring.opened_at else Step.FIRST_LINE
    fresh = range(max(first, before + 1), reached + 1)
    people = {person for step in fresh or range(first, reached + 1) for person in _people(Step(step))}
    for person in sorted(people, key=str):
        _wake(person, ring)
    ring.step, ring.rang_at = reached, now
    ring.next_at = ring.began_at + times[reached + 1] if reached < Step.HEAD else now + max(times[-1], QUIET)
    return {Step(step) for step in fresh}


def _people(step: Step) -> list[UUID]:
    match step:
        case Step.FIRST_LINE | Step.CHANNEL:
            return oncall.now(Line.FIRST)
        case Step.AGAIN:
            return oncall.now(Line.FIRST) + oncall.now(Line.SECOND)[:1]
        case Step.SECOND_LINE:
            return oncall.now(Line.SECOND)
        case Step.MANAJER:
            return oncall.everybody(StaffRole.MANAJER)
        case Step.HEAD:
            return oncall.everybody(StaffRole.MANAJER) + oncall.now(Line.HEAD)


def _wake(person: UUID, ring: Ring) -> None:
    subject = Subject.DANGER_NOW if ring.danger else Subject.MISSED_CLOCK
    push.promise(subject, to=person, path=PATH, urgent=True, until=clock.now() + _LASTS)


def _hush() -> None:
    """What has not left yet need not leave, unless another ring still waits."""
    for danger, subject in ((True, Subject.DANGER_NOW), (False, Subject.MISSED_CLOCK)):
        query = select(func.count()).where(Ring.taken_at.is_(None), Ring.danger == danger)
        if not db.session.scalar(query):
            push.cancel(subject, path=PATH)
