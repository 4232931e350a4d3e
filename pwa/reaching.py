"""Reaching her: what was tried, what was answered, and the end of a number that is no longer hers alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import undefer

from pwa import answers, clock, clocks, contact, db, subscriptions
from pwa.accounts import Account
from pwa.answers import Answer, Sort
from pwa.contact import Refusal, SafeContact
from pwa.filing import SafeHours
from pwa.handling import Try, expect, given, only_manajer
from pwa.receipts import Receipt
from pwa.reports import OPEN, Report

DOUBLE_TAP = timedelta(minutes=1)
T = TypeVar("T")


class NumberEnded(Exception):
    """Nobody can open this number any more, so nothing is put behind it."""


class NotNow(Exception):
    """She may not be reached at this moment; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def tried(report: Report, contact: SafeContact, *, reached: bool, note: str, by: Account) -> None:
    """Note an attempt to reach her. Raises `NotNow` when nobody may try; a second tap is the same try."""
    expect(report, *OPEN)
    if refusal := contact.refusal(clock.now()):
        raise NotNow(refusal)
    if same_tap(Try, Try.report_id == report.id, by=by, reached=reached):
        return
    db.session.add(Try(report_id=report.id, reached=reached, note=note or None, by_id=by.id))
    if reached:
        contacted(report)


def answer(report: Report, contact: SafeContact, text: str, *, sort: Sort, by: Account) -> Answer:
    """Put an answer behind her number; to her who can only be reached there, that is the first contact.

    Raises `NumberEnded` and what `answers.answer` raises. A second tap is the same answer.
    """
    receipt = db.session.get(Receipt, report.receipt_id)
    if receipt.killed_at:
        raise NumberEnded
    if last := same_tap(Answer, Answer.receipt_id == receipt.id, by=by, sort=sort, said=text):
        return last
    row = answers.answer(receipt, text, sort=sort, by=by.id)
    if contact.refusal(clock.now()) in (Refusal.HERE_ONLY, Refusal.NEVER):
        contacted(report)
    return row


def kill_number(report: Report, *, reason: str, by: Account) -> None:
    """The number answers like one nobody ever had. Only a manajer may, with a reason that the audit keeps."""
    only_manajer(by)
    given(reason)
    receipt = db.session.get(Receipt, report.receipt_id, with_for_update=True)
    if receipt.killed_at is None:
        receipt.kill()
        subscriptions.forget_receipt(receipt.id)


def ways(letter: SafeHours, told: Mapping[str, object]) -> list[tuple[str, SafeContact]]:
    """Who may be reached and how, as it was said; hours said long ago only when somebody has looked at them again."""
    return contact.ways(told, still_holds=not letter.hours_may_have_changed)


def way(report: Report, told: Mapping[str, object], who: str) -> SafeContact:
    """Whoever is not among them is never contacted."""
    return dict(ways(report, told)).get(who) or SafeContact.of({"way": "never"})


def contacted(report: Report) -> None:
    """The office has spoken with her; from now on it owes her what comes next."""
    report.contacted_at = report.contacted_at or clock.now()
    report.due_at = clocks.duty_due(report)


def same_tap(model: type[T], mine: ColumnElement[bool], *, by: Account, **parts: object) -> T | None:
    """The newest of `mine`, if this person said the same just now."""
    query = select(model).where(mine).order_by(model.at.desc()).limit(1)
    last = db.session.scalars(query.options(undefer("*"))).first()
    if last is None or last.by_id != by.id or clock.now() - last.at >= DOUBLE_TAP:
        return None
    return last if all(getattr(last, name) == part for name, part in parts.items()) else None
