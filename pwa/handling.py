"""What the office does with a report: weigh it, wait for her, pass it on, join it, close it.

Every change of state is kept with who, when and why. One that may not happen says why by its exception.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, clocks, conflicts, db, visits
from pwa.accounts import Account, StaffRole
from pwa.filing import Kind
from pwa.levels import Level
from pwa.reports import OPEN, Addition, Report, State
from pwa.vault import Sealed

TRIES_BEFORE_CLOSING = 3


class WrongStage(Exception):
    """Somebody else moved this report first; show them where it stands now."""


class ReasonNeeded(Exception):
    """This step is only taken with a reason."""


class ManajerOnly(Exception):
    """This step is a manajer's."""


class TriesNeeded(Exception):
    """Silence closes a report only after three tries in her safe hours."""


class CloseReason(StrEnum):
    NOT_OURS = "not-ours"
    WRONG_NUMBER = "wrong-number"
    HER_WISH = "her-wish"
    NOT_REACHED = "not-reached"


class Transition(db.Model):
    __tablename__ = "transition"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    before: Mapped[State] = mapped_column(db.words(State))
    after: Mapped[State] = mapped_column(db.words(State))
    reason: Mapped[str | None] = mapped_column(Sealed("transition.reason"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


class Triage(db.Model):
    __tablename__ = "triage"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    answers: Mapped[str] = mapped_column(Sealed("triage.answers"))
    suggested: Mapped[Level] = mapped_column(db.words(Level))
    level: Mapped[Level] = mapped_column(db.words(Level))
    reason: Mapped[str | None] = mapped_column(Sealed("triage.reason"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


class Try(db.Model):
    """One attempt to reach her, in the way and at the hour she allowed."""

    __tablename__ = "contact_try"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    reached: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Sealed("contact_try.note"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


def open_(report: Report, additions: Sequence[Addition]) -> None:
    """Somebody has it before their eyes, with everything that was added."""
    report.opened_at = report.opened_at or clock.now()
    if unread := [each for each in additions if each.read_at is None]:
        report.due_at = clocks.duty_due(report)
    for each in unread:
        each.read_at = clock.now()


def take_up(report: Report, *, by: Account) -> None:
    expect(report, *OPEN)
    report.taken_by_id = by.id


def weigh(
    report: Report, answers: Mapping[str, object], *, suggested: Level, level: Level, reason: str, by: Account
) -> None:
    """Set the level. Raises `ReasonNeeded` when it is lower than what the answers suggest."""
    expect(report, *OPEN)
    if level.rank > suggested.rank and not reason.strip():
        raise ReasonNeeded
    db.session.add(
        Triage(
            report_id=report.id, answers=json.dumps(answers), suggested=suggested, level=level,
            reason=reason or None, by_id=by.id,
        )
    )  # fmt: skip
    report.suggested, report.level, report.rank = suggested, level, level.rank
    report.taken_by_id = report.taken_by_id or by.id
    visits.raise_level(report.receipt_id, level)
    move(report, State.TRIAGED, by=by, reason=reason)


def wait_for_her(report: Report, *, until: datetime, by: Account) -> None:
    expect(report, State.TRIAGED, State.WAITING)
    report.next_at = until
    move(report, State.WAITING, by=by)


def hand_over(report: Report, *, reason: str, by: Account) -> None:
    """Pass it on to whoever is competent. Only a manajer may, and only with a reason."""
    expect(report, State.TRIAGED, State.WAITING)
    only_manajer(by)
    move(report, State.HANDED_OVER, by=by, reason=given(reason))


def merge(report: Report, into: Report, *, reason: str, by: Account) -> None:
    """The same matter told twice. Both numbers keep their own answers; neither shows anything of the other.

    Only into one that is still open: what was told last must not end where nobody looks.
    """
    expect(report, *OPEN)
    if into.id == report.id or into.state not in OPEN:
        raise WrongStage
    move(report, State.MERGED, by=by, reason=given(reason))
    report.merged_into_id = into.id
    into.rank, into.due_at = min(into.rank, report.rank), min(into.due_at, report.due_at)
    conflicts.share(report, into)


def close(report: Report, why: CloseReason, *, reason: str, by: Account) -> None:
    """Raises `TriesNeeded` and `ManajerOnly` for "not reached" without three tries and a manajer."""
    expect(report, State.TRIAGED, State.WAITING)
    if why is CloseReason.NOT_REACHED:
        only_manajer(by)
        if count_tries(report) < TRIES_BEFORE_CLOSING:
            raise TriesNeeded
    move(report, State.CLOSED, by=by, reason=f"{why}: {given(reason)}")


def count_tries(report: Report) -> int:
    return db.session.scalar(select(func.count()).where(Try.report_id == report.id, ~Try.reached))


def additions_of(report: Report) -> Select[tuple[Addition]]:
    return (
        select(Addition)
        .where(Addition.receipt_id == report.receipt_id, Addition.kind == Kind.ADDITION)
        .order_by(Addition.received_at)
    )


def moves_of(report: Report) -> Select[tuple[Transition]]:
    return select(Transition).where(Transition.report_id == report.id).order_by(Transition.at)


def tries_of(report: Report) -> Select[tuple[Try]]:
    return select(Try).where(Try.report_id == report.id).order_by(Try.at)


def last_triage(report: Report) -> Select[tuple[Triage]]:
    return select(Triage).where(Triage.report_id == report.id).order_by(Triage.at.desc()).limit(1)


def expect(report: Report, *states: State) -> None:
    if report.state not in states:
        raise WrongStage


def move(report: Report, after: State, *, by: Account, reason: str = "") -> None:
    db.session.add(
        Transition(
            report_id=report.id, before=report.state, after=after, reason=reason or None, by_id=by.id,
            role=by.role,
        )
    )  # fmt: skip
    report.state = after
    report.due_at = clocks.duty_due(report)


def given(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded
    return reason


def only_manajer(by: Account) -> None:
    if by.role != StaffRole.MANAJER:
        raise ManajerOnly
