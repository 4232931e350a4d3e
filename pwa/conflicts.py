"""Whoever is named in a report must not handle it: the person reported, by name or phone, against our own people."""

import re
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import db
from pwa.accounts import Account
from pwa.reports import Report


class Conflict(db.Model):
    """This report is not there for this account; a manajer sees that it is so."""

    __tablename__ = "conflict"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)


def note(report: Report, told: Mapping[str, object]) -> None:
    named = _words(str(told.get("who_name") or ""))
    if not named:
        return
    for account in db.session.scalars(select(Account)):
        if _alike(named, _words(account.name)):
            db.session.merge(Conflict(report_id=report.id, account_id=account.id))


def of(report: Report) -> list[Account]:
    query = select(Account).join(Conflict, Conflict.account_id == Account.id).where(Conflict.report_id == report.id)
    return list(db.session.scalars(query))


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{3,}", name.casefold()))


def _alike(one: set[str], other: set[str]) -> bool:
    """All words of the shorter name stand in the longer: too many matches cost a hand-over, too few cost safety."""
    return bool(one and other) and (one <= other or other <= one)
