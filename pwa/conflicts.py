"""Whoever is named in a report must not handle it: the person reported against our own people, by name."""

import re
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import accounts, audit, db
from pwa.accounts import Account, StaffRole
from pwa.reports import Report
from pwa.visits import Visit

_HANDLE_REPORTS = (StaffRole.PENERIMA, StaffRole.MANAJER)


class Conflict(db.Model):
    """This report is not there for this account; a manajer sees that it is so."""

    __tablename__ = "conflict"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)


class VisitConflict(db.Model):
    """The same for a visit that was asked for."""

    __tablename__ = "visit_conflict"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)


def concerns(told: Mapping[str, object], account: Account) -> bool:
    """Whether somebody it warns of is called like this account: who did it, or who must not notice."""
    named = (str(told.get(name) or "") for name in ("who_name", "unnoticed"))
    return any(_alike(_words(name), _words(account.name)) for name in named)


def note(report: Report, told: Mapping[str, object]) -> None:
    """Hide the report from everybody it names; where that leaves nobody, the admin's notes say so."""
    everybody = accounts.everybody()
    named = [account for account in everybody if concerns(told, account)]
    for account in named:
        keep(report.id, account.id)
    left = [each for each in everybody if _may_handle(each) and each not in named]
    if named and not left:
        audit.record("nobody-may-open", by=None, kind="report", object_id=report.id)


def keep(report_id: UUID, account_id: UUID) -> None:
    db.session.merge(Conflict(report_id=report_id, account_id=account_id))
    db.session.flush()


def note_visit(visit: Visit, told: Mapping[str, object]) -> None:
    for account in accounts.everybody():
        if concerns(told, account):
            keep_visit(visit.id, account.id)


def keep_visit(visit_id: UUID, account_id: UUID) -> None:
    db.session.merge(VisitConflict(visit_id=visit_id, account_id=account_id))
    db.session.flush()


def share(one: Report, other: Report) -> None:
    """What is found to be one matter is hidden from the same people."""
    for report, twin in ((one, other), (other, one)):
        for conflict in db.session.scalars(of(report)).all():
            keep(twin.id, conflict.account_id)


def of(report: Report) -> Select[tuple[Conflict]]:
    """From whom it is hidden."""
    return select(Conflict).where(Conflict.report_id == report.id)


def _may_handle(account: Account) -> bool:
    return account.is_active and account.role in _HANDLE_REPORTS


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{3,}", name.casefold()))


def _alike(one: set[str], other: set[str]) -> bool:
    """The shorter name stands in the longer: too many matches cost a hand-over, too few cost safety."""
    return bool(one and other) and (one <= other or other <= one)
