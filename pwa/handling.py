"""What the office does with a report: weigh it, reach her, answer, wait for her, pass it on, join it, close it.

Every change of state is kept with who, when and why. One that may not happen says why by its exception.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from pwa import answers, clock, clocks, conflicts, db
from pwa.accounts import Account, StaffRole
from pwa.answers import Answer, Sort
from pwa.contact import Refusal, SafeContact
from pwa.receipts import Receipt
from pwa.reports import OPEN, Level, Report, State
from pwa.vault import Sealed

TRIES_BEFORE_CLOSING = 3
DOUBLE_TAP = timedelta(minutes=1)


class WrongStage(Exception):
    """Somebody else moved this report first; show them where it stands now."""


class ReasonNeeded(Exception):
    """This step is only taken with a reason."""


class ManajerOnly(Exception):
    """This step is a manajer's."""


class NumberEnded(Exception):
    """Nobody can open this number any more, so nothing is put behind it."""


class NotNow(Exception):
    """She may not be reached at this moment; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


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


def open_(report: Report) -> None:
    report.opened_at = report.opened_at or clock.now()


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
    move(report, State.TRIAGED, by=by, reason=reason)


def tried(report: Report, contact: SafeContact, *, reached: bool, note: str, by: Account) -> None:
    """Note an attempt to reach her. Raises `NotNow` when nobody may try; a second tap is the same try."""
    expect(report, *OPEN)
    if refusal := contact.refusal(clock.now()):
        raise NotNow(refusal)
    if (last := _last(Try, Try.report_id == report.id)) and _same(last, by, reached=reached):
        return
    db.session.add(Try(report_id=report.id, reached=reached, note=note or None, by_id=by.id))
    if reached:
        _contacted(report)


def answer(report: Report, contact: SafeContact, text: str, *, sort: Sort, by: Account) -> Answer:
    """Put an answer behind her number; to her who can only be reached there, that is the first contact.

    Raises `NumberEnded` and what `answers.answer` raises. A second tap is the same answer.
    """
    receipt = db.session.get(Receipt, report.receipt_id)
    if receipt.killed_at:
        raise NumberEnded
    last = _last(Answer, Answer.receipt_id == receipt.id)
    if last and _same(last, by, sort=sort, said=text):
        return last
    if contact.refusal(clock.now()) in (Refusal.HERE_ONLY, Refusal.NEVER):
        _contacted(report)
    return answers.answer(receipt, text, sort=sort, by=by.id)


def wait_for_her(report: Report, *, until: datetime, by: Account) -> None:
    expect(report, State.TRIAGED, State.WAITING)
    report.next_at = until
    move(report, State.WAITING, by=by)


def hand_over(report: Report, *, reason: str, by: Account) -> None:
    """Pass it on to whoever is competent. Only a manajer may, and only with a reason."""
    expect(report, State.TRIAGED, State.WAITING)
    _only_manajer(by)
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
    into.rank = min(into.rank, report.rank)
    conflicts.share(report, into)


def close(report: Report, why: CloseReason, *, reason: str, by: Account) -> None:
    """Raises `TriesNeeded` and `ManajerOnly` for "not reached" without three tries and a manajer."""
    expect(report, State.TRIAGED, State.WAITING)
    if why is CloseReason.NOT_REACHED:
        _only_manajer(by)
        if count_tries(report) < TRIES_BEFORE_CLOSING:
            raise TriesNeeded
    move(report, State.CLOSED, by=by, reason=f"{why}: {given(reason)}")


def kill_number(report: Report, *, by: Account) -> None:
    """The number answers like one nobody ever had. Only a manajer may; the reason is in the audit."""
    _only_manajer(by)
    receipt = db.session.get(Receipt, report.receipt_id, with_for_update=True)
    if receipt.killed_at is None:
        receipt.kill()


def count_tries(report: Report) -> int:
    return db.session.scalar(select(func.count()).where(Try.report_id == report.id, ~Try.reached))


def tries_of(report: Report) -> Sequence[Try]:
    return db.session.scalars(select(Try).where(Try.report_id == report.id).order_by(Try.at)).all()


def moves_of(report: Report) -> Sequence[Transition]:
    query = select(Transition).where(Transition.report_id == report.id)
    return db.session.scalars(query.order_by(Transition.at)).all()


def last_triage(report: Report) -> Triage | None:
    return _last(Triage, Triage.report_id == report.id)


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


def _contacted(report: Report) -> None:
    report.contacted_at = report.contacted_at or clock.now()
    report.due_at = clocks.duty_due(report)


def _last(model: type, mine: ColumnElement[bool]):
    query = select(model).where(mine).order_by(model.at.desc()).limit(1)
    return db.session.scalars(query.options(undefer("*"))).first()


def _same(last: Try | Answer, by: Account, **parts: object) -> bool:
    recent = last.by_id == by.id and clock.now() - last.at < DOUBLE_TAP
    return recent and all(getattr(last, name) == part for name, part in parts.items())


def _only_manajer(by: Account) -> None:
    if by.role != StaffRole.MANAJER:
        raise ManajerOnly
