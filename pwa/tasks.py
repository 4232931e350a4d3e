"""What somebody of the office still has to do for her around a visit: reach her in the safe way, today or again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, push
from pwa.accounts import Account
from pwa.vault import Sealed
from pwa.visits import Visit


class Kind(StrEnum):
    SAFE_CONTACT = "safe-contact"
    REACH_AGAIN = "reach-again"


class Outcome(StrEnum):
    HERS = "hers"
    NOT_HERS = "not-hers"


class Task(db.Model):
    """`reply_id` is what was said by number and takes effect only when she herself has been reached."""

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    reply_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit_reply.id"))
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[Outcome | None] = mapped_column(db.words(Outcome))
    note: Mapped[str | None] = mapped_column(Sealed("task.note"))


def set_(kind: Kind, visit: Visit, *, reply_id: UUID | None = None, due_at: datetime | None = None) -> Task:
    """For today, unless it says when: whatever was said by number waits no longer than that."""
    due_at = due_at or clock.end_of_day(clock.now())
    task = Task(id=uuid4(), kind=kind, visit_id=visit.id, reply_id=reply_id, due_at=due_at)
    db.session.add(task)
    path = f"/konselor/kunjungan/{visit.id}" if visit.counsellor_id else "/kantor/kunjungan"
    call_at = max(clock.now(), due_at - timedelta(hours=16))  # the morning of that day
    push.promise(push.Subject.TASK, to=visit.counsellor_id, path=path, at=call_at)
    return task


def done(task: Task, outcome: Outcome, *, note: str = "", by: Account) -> None:
    """She was reached; a second tap changes nothing."""
    if task.done_at is None:
        task.done_at, task.outcome, task.note, task.by_id = clock.now(), outcome, note or None, by.id


def set_contact(visit: Visit) -> Task:
    """For somebody who has reached her without having been asked to."""
    task = Task(id=uuid4(), kind=Kind.SAFE_CONTACT, visit_id=visit.id, due_at=clock.now())
    db.session.add(task)
    return task


def of(visit: Visit) -> Select[tuple[Task]]:
    return select(Task).where(Task.visit_id == visit.id).order_by(Task.due_at)


def open_of(visit: Visit) -> Sequence[Task]:
    return db.session.scalars(of(visit).where(Task.done_at.is_(None))).all()


def was_reached_today(visit: Visit) -> bool:
    last = db.session.scalar(
        select(func.max(Task.done_at)).where(Task.visit_id == visit.id, Task.outcome == Outcome.HERS)
    )
    return last is not None and clock.day_of(last) == clock.today()
