"""Errands: what a kader carried to the office for somebody else.

She sees that it arrived, and whether the office asks her to call; never again what it says, and nothing at all of one
that names her.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import accounts, clock, conflicts, db, push
from pwa.accounts import StaffRole
from pwa.conflicts import Conflict
from pwa.kaders import Kader
from pwa.push import Subject
from pwa.reports import Report, State

_OVER = (State.CLOSED, State.MERGED, State.HANDED_OVER, State.SPAM)


class Consent(StrEnum):
    """How the person agreed; where asking is dangerous, nobody is contacted before staff know more."""

    SPOKEN = "spoken"
    TOUCH = "touch"
    CANNOT_ASK = "cannot-ask"


class Light(StrEnum):
    """All a kader is told of what became of it."""

    RECEIVED = "received"
    CALL = "call-me"
    DONE = "done"


class Errand(db.Model):
    """`kelurahan` and `rt_rw` are where she helped that day, wherever she was moved since."""

    __tablename__ = "errand"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kelurahan: Mapped[str] = mapped_column(String(13))
    rt_rw: Mapped[str] = mapped_column(String(7))
    consent: Mapped[Consent | None] = mapped_column(db.words(Consent))
    call_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


@dataclass(frozen=True)
class Line:
    """One row of a kader's list."""

    written_at: datetime
    received_at: datetime
    light: Light


def note(report: Report, kader: Kader, *, consent: Consent | None, close: bool) -> None:
    """Remember who carried it; noting it again changes nothing. The caller commits.

    `close` is her own word that the one reported is she or family: then it is hers no longer, and each manajer is told.
    """
    if db.session.get(Errand, report.id) is not None:
        return
    db.session.add(
        Errand(
            report_id=report.id, account_id=kader.account_id, kelurahan=kader.kelurahan, rt_rw=kader.rt_rw,
            consent=consent, call_at=None,
        )
    )  # fmt: skip
    db.session.flush()
    if close:
        conflicts.keep(report.id, kader.account_id)
        warn_manajer()


def warn_manajer() -> None:
    for account in accounts.everybody():
        if account.role == StaffRole.MANAJER and account.is_active:
            push.promise(Subject.TASK, to=account.id, path="/kantor/laporan")


def of(kader: Kader) -> Sequence[Line]:
    """What she carried since she came to this area, newest first; nothing that concerns herself."""
    names_her = exists().where(Conflict.report_id == Report.id, Conflict.account_id == kader.account_id)
    query = (
        select(Report.written_at, Report.received_at, Report.state, Errand.call_at)
        .join(Errand, Errand.report_id == Report.id)
        .where(Errand.account_id == kader.account_id, Report.received_at >= kader.since, ~names_her)
        .order_by(Report.received_at.desc())
    )
    rows = db.session.execute(query.limit(100)).all()
    return [Line(written, received, _light(state, call_at)) for written, received, state, call_at in rows]


def ask_to_call(report: Report) -> bool:
    """Whether there is a kader to ask; it shows in her list, and her phone says that there is something to see."""
    errand = db.session.get(Errand, report.id)
    if errand is None:
        return False
    errand.call_at = clock.now()
    push.promise(Subject.TASK, to=errand.account_id, path="/kader")
    return True


def _light(state: State, call_at: datetime | None) -> Light:
    if state in _OVER:
        return Light.DONE
    return Light.CALL if call_at else Light.RECEIVED
