"""What the office does with a report: weigh it, wait for her, pass it on, join it, close it, or call it spam.

Every change of state is kept with who, when and why. One that may not happen says why by its exception.
"""

import json
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, clocks, db
from pwa.accounts import Account, StaffRole
from pwa.reports import Level, Report, State
from pwa.vault import Sealed

TRIES_BEFORE_CLOSING = 3


class WrongStage(Exception):
    """Somebody else moved this report first; show them where it stands now."""


class ReasonNeeded(Exception):
    """This step is only taken with a reason."""


class NotAllowed(Exception):
    """This step needs another person: a manajer, or simply not the same one."""


class TriesNeeded(Exception):
    """"Not reached" closes a report only after three tries in her safe hours."""


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


def open_(report: Report) -> None:
    report.opened_at = report.opened_at or clock.now()


def take_up(report: Report, *, by: Account) -> None:
    report.taken_by_id = by.id


def weigh(
    report: Report, answers: dict[str, str], *, suggested: Level, level: Level, reason: str, by: Account
) -> None:
    """Set the level. Raises `ReasonNeeded` when it is lower than what the answers suggest."""
    _expect(report, State.RECEIVED, State.REOPENED, State.TRIAGED, State.WAITING)
    if level.rank > suggested.rank and not reason:
        raise ReasonNeeded
    db.session.add(
        Triage(
            report_id=report.id, answers=json.dumps(answers), suggested=suggested, level=level,
            reason=reason or None, by_id=by.id,
        )
    )  # fmt: skip
    report.suggested, report.level, report.rank = suggested, level, level.rank
    report.taken_by_id = report.taken_by_id or by.id
    report.due_at = clocks.first_contact_due(report)
    _move(report, State.TRIAGED, by=by, reason=reason)


def wait_for_her(report: Report, *, until: datetime, by: Account) -> None:
    _expect(report, State.TRIAGED, State.WAITING)
    report.next_at = report.due_at = until
    _move(report, State.WAITING, by=by)


def tried(report: Report, *, reached: bool, note: str, by: Account) -> None:
    db.session.add(Try(report_id=report.id, reached=reached, note=note or None, by_id=by.id))
    if reached:
        report.contacted_at = report.contacted_at or clock.now()


def hand_over(report: Report, *, reason: str, by: Account) -> None:
    """Pass it on to whoever is competent. Only a manajer may, and only with a reason."""
    _expect(report, State.TRIAGED, State.WAITING)
    _only_manajer(by)
    _move(report, State.HANDED_OVER, by=by, reason=_given(reason))


def merge(report: Report, into: Report, *, reason: str, by: Account) -> None:
    """The same matter told twice. Both numbers keep their own answers; nothing of one is shown to the other."""
    _expect(report, State.TRIAGED, State.RECEIVED, State.REOPENED, State.WAITING)
    if into.id == report.id or into.state in (State.MERGED, State.SPAM):
        raise WrongStage
    report.merged_into_id = into.id
    _move(report, State.MERGED, by=by, reason=_given(reason))


def close(report: Report, why: CloseReason, *, reason: str, by: Account) -> None:
    """Raises `TriesNeeded` and `NotAllowed` for "not reached" without three tries and a manajer."""
    _expect(report, State.TRIAGED, State.WAITING)
    if why is CloseReason.NOT_REACHED:
        tries = db.session.scalar(select(func.count()).where(Try.report_id == report.id, ~Try.reached))
        if tries < TRIES_BEFORE_CLOSING:
            raise TriesNeeded
        _only_manajer(by)
    _move(report, State.CLOSED, by=by, reason=f"{why}: {_given(reason)}")


def call_spam(report: Report, *, reason: str, by: Account) -> None:
    """Hide it; it goes for good only when a second person agrees and thirty days have passed."""
    _expect(report, State.RECEIVED, State.REOPENED, State.TRIAGED)
    if report.danger:
        raise NotAllowed
    report.spam_by_id, report.spam_at = by.id, clock.now()
    _move(report, State.SPAM, by=by, reason=_given(reason))


def confirm_spam(report: Report, *, by: Account) -> None:
    _expect(report, State.SPAM)
    if by.id == report.spam_by_id:
        raise NotAllowed
    report.spam_confirmed_by_id = by.id


def not_spam(report: Report, *, by: Account) -> None:
    _expect(report, State.SPAM)
    report.spam_by_id = report.spam_confirmed_by_id = report.spam_at = None
    _move(report, State.REOPENED, by=by)


def _expect(report: Report, *states: State) -> None:
    if report.state not in states:
        raise WrongStage


def _move(report: Report, after: State, *, by: Account, reason: str = "") -> None:
    db.session.add(
        Transition(report_id=report.id, before=report.state, after=after, reason=reason or None, by_id=by.id, role=by.role)
    )
    report.state = after


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded
    return reason


def _only_manajer(by: Account) -> None:
    if by.role != StaffRole.MANAJER:
        raise NotAllowed
