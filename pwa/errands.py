"""Errands: what a kader carried to the office for somebody who has no phone or no courage yet.

She cannot read it again. All she sees is when she made it and how far it came; the office may ask her to call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, and_, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import accounts, audit, clock, conflicts, db, push
from pwa.accounts import Account, StaffRole
from pwa.conflicts import Conflict, VisitConflict
from pwa.filing import Kind
from pwa.kaders import Kader
from pwa.push import Subject
from pwa.reports import Report
from pwa.visits import State, Visit

MOST_SHOWN = 100
_PAGES = {Kind.REPORT: "/kantor/laporan", Kind.VISIT: "/kantor/kunjungan"}


class Anothers(Exception):
    """Another kader brought this one; whoever sends it now only found it on her phone."""


class Light(StrEnum):
    """All that a kader is told about what she brought."""

    RECEIVED = "received"
    READ = "read"
    CALL = "call"


class Errand(db.Model):
    """`id` is that of what was brought. The area is where she helped then: what is counted stays when she moves."""

    __tablename__ = "errand"
    __table_args__ = (Index("ix_errand_kader", "kader_id", "received_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    kader_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kelurahan: Mapped[str] = mapped_column(String(13))
    rt_rw: Mapped[str] = mapped_column(String(7))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    call_asked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


@dataclass(frozen=True)
class Line:
    """One line of her list."""

    made_at: datetime
    light: Light


def note(id: UUID, kind: Kind, *, by: Kader, waited: int = 0) -> None:
    """Write down who brought what; noting it again changes nothing. The caller commits. Raises `Anothers`."""
    now = clock.now()
    row = {
        "id": id, "kind": kind, "kader_id": by.account_id, "kelurahan": by.kelurahan, "rt_rw": by.rt_rw,
        "made_at": now - timedelta(seconds=waited), "received_at": now,
    }  # fmt: skip
    if not db.insert_new(Errand, row) and db.session.get_one(Errand, id).kader_id != by.account_id:
        raise Anothers


def brought_by(kader: Kader) -> Sequence[Line]:
    """Newest first, and only from the area she helps in now."""
    her = kader.account_id
    hidden = or_(
        exists().where(Conflict.report_id == Errand.id, Conflict.account_id == her),
        exists().where(VisitConflict.visit_id == Errand.id, VisitConflict.account_id == her),
    )
    read = or_(Report.opened_at.is_not(None), and_(Visit.state.is_not(None), Visit.state != State.ASKED))
    query = (
        select(Errand, read, hidden)
        .outerjoin(Report, Report.id == Errand.id)
        .outerjoin(Visit, Visit.id == Errand.id)
        .where(Errand.kader_id == her, Errand.received_at >= kader.since)
        .order_by(Errand.received_at.desc())
        .limit(MOST_SHOWN)
    )
    return [Line(errand.made_at, _light(errand, *how)) for errand, *how in db.session.execute(query)]


def of(brought: Report | Visit) -> Select[tuple[Errand]]:
    return select(Errand).where(Errand.id == brought.id)


def ask_to_call(errand: Errand) -> None:
    """She is called to her list, where it says so."""
    if errand.call_asked_at is None:
        errand.call_asked_at = clock.now()
        push.promise(Subject.TASK, to=errand.kader_id, path="/kader")


def has_called(errand: Errand) -> None:
    errand.call_asked_at = None
    push.cancel(Subject.TASK, to=errand.kader_id, path="/kader")


def keep_apart(brought: Report | Visit, told: Mapping[str, object]) -> None:
    """What concerns a kader or her family goes past her: its light never changes, and the manajers are told."""
    errand = db.session.get(Errand, brought.id)
    kader = accounts.find(errand.kader_id) if errand else None
    if kader is None or not _concerns(told, kader):
        return
    if isinstance(brought, Report):
        conflicts.keep(brought.id, kader.id)
    else:
        conflicts.keep_visit(brought.id, kader.id)
    audit.record("kader-concerned", by=None, kind=errand.kind, object_id=brought.id)
    for manajer in accounts.everybody():
        if manajer.role == StaffRole.MANAJER and manajer.is_active:
            push.promise(Subject.TASK, to=manajer.id, path=_PAGES[errand.kind])


def _concerns(told: Mapping[str, object], kader: Account) -> bool:
    return told.get("own_family") == "yes" or conflicts.concerns(told, kader)


def _light(errand: Errand, read: bool, hidden: bool) -> Light:
    if hidden:
        return Light.RECEIVED
    if errand.call_asked_at:
        return Light.CALL
    return Light.READ if read else Light.RECEIVED
