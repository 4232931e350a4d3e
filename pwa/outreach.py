"""Sapa: contact planned with somebody who agreed to it, tried only in her safe hours, until it has an end.

How she agreed is kept with the plan. Each try leads to the next day or says why there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Select, String, Uuid, literal, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, reaching
from pwa.accounts import Account
from pwa.contact import SafeContact
from pwa.handling import expect, given
from pwa.reaching import NotNow
from pwa.reports import Report, State
from pwa.vault import Sealed

PAGE = 50
FURTHEST = 180  # days; a plan for later is a plan nobody remembers


class AlreadyPlanned(Exception):
    """A contact with this person is planned; it is tried or ended before another."""


class Ended(Exception):
    """Somebody else ended this contact first."""


class NeverCalled(Exception):
    """There is no hour at which this person may be called."""


class NoSafeHours(Exception):
    """On that day none of the hours are safe."""


class Stage(StrEnum):
    PLANNED = "planned"
    REACHED = "reached"
    NOT_REACHED = "not-reached"
    DONE = "done"


RUNNING = (Stage.PLANNED, Stage.REACHED, Stage.NOT_REACHED)


class Agreement(StrEnum):
    """How she said that she wants to be contacted again."""

    IN_PERSON = "in-person"
    BY_PHONE = "by-phone"
    IN_THE_APP = "in-the-app"


class Outreach(db.Model):
    """`who` is whom it is with: "" for the one who told, "her_" for the one somebody told about."""

    __tablename__ = "outreach"
    __table_args__ = (Index("ix_outreach_due", "stage", "due_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    who: Mapped[str] = mapped_column(String(4))
    agreement: Mapped[Agreement] = mapped_column(db.words(Agreement))
    agreed_on: Mapped[datetime] = mapped_column(db.UtcDateTime)
    purpose: Mapped[str | None] = mapped_column(Sealed("outreach.purpose"))
    stage: Mapped[Stage] = mapped_column(db.words(Stage), default=Stage.PLANNED)
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ending: Mapped[str | None] = mapped_column(Sealed("outreach.ending"))
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)

    @property
    def agreed_day(self) -> date:
        return self.agreed_on.astimezone(clock.JAKARTA).date()

    @property
    def is_late(self) -> bool:
        """Her safe hours of that day have begun, and maybe gone."""
        return self.stage in RUNNING and self.due_at < clock.now()


class OutreachTry(db.Model):
    """`next_at` is when the next one was planned; without it this one was the last."""

    __tablename__ = "outreach_try"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    outreach_id: Mapped[UUID] = mapped_column(ForeignKey("outreach.id"), index=True)
    reached: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Sealed("outreach_try.note"))
    next_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


@dataclass(frozen=True)
class Page:
    rows: Sequence[tuple[Outreach, Report]]
    after: str | None


def plan(
    report: Report, contact: SafeContact, who: str, *, agreement: Agreement, agreed_on: datetime, purpose: str,
    day: date, by: Account,
) -> Outreach:  # fmt: skip
    """Also after a report was closed: she may still want to be asked how she is.

    Raises `NeverCalled`, `NoSafeHours`, `AlreadyPlanned`, `handling.WrongStage`.
    """
    expect(report, *(state for state in State if state not in (State.SPAM, State.MERGED)))
    due_at = _begins(contact, day)
    running = select(Outreach.id).where(Outreach.stage.in_(RUNNING), Outreach.who == who)
    if db.session.scalar(running.where(Outreach.report_id == report.id)):
        raise AlreadyPlanned
    outreach = Outreach(
        id=uuid4(), report_id=report.id, who=who, agreement=agreement, agreed_on=agreed_on,
        purpose=purpose or None, due_at=due_at, by_id=by.id,
    )  # fmt: skip
    db.session.add(outreach)
    return outreach


def tried(
    outreach: Outreach, report: Report, contact: SafeContact, *, reached: bool, note: str, day: date | None,
    ending: str, by: Account,
) -> None:  # fmt: skip
    """Note how it went, and when it goes on or why it does not; a second tap is the same try.

    Raises `NotNow` when nobody may try at this moment, `handling.ReasonNeeded`, `NoSafeHours`, `Ended`.
    """
    if reaching.same_tap(OutreachTry, OutreachTry.outreach_id == outreach.id, by=by, reached=reached):
        return
    _expect_running(outreach)
    if refusal := contact.refusal(clock.now()):
        raise NotNow(refusal)
    next_at = _begins(contact, day) if day else None
    db.session.add(
        OutreachTry(outreach_id=outreach.id, reached=reached, note=note or None, next_at=next_at, by_id=by.id)
    )
    if reached:
        reaching.contacted(report)
    if next_at is None:
        return end(outreach, reason=ending)
    outreach.stage = Stage.REACHED if reached else Stage.NOT_REACHED
    outreach.due_at = next_at


def end(outreach: Outreach, *, reason: str) -> None:
    """She does not want it any more, or it has done its work. Raises `handling.ReasonNeeded`, `Ended`."""
    _expect_running(outreach)
    outreach.ending, outreach.stage, outreach.ended_at = given(reason), Stage.DONE, clock.now()


def of(report: Report) -> Select[tuple[Outreach]]:
    return select(Outreach).where(Outreach.report_id == report.id).order_by(Outreach.at)


def tries_of(outreach: Outreach) -> Select[tuple[OutreachTry]]:
    return select(OutreachTry).where(OutreachTry.outreach_id == outreach.id).order_by(OutreachTry.at)


def page(mine: Select[tuple[Outreach, Report]], *, done: bool, after: str | None = None) -> Page:
    """Of those this reader may see: what is due first, or what was due last and has ended."""
    order = (Outreach.due_at.desc(), Outreach.id.desc()) if done else (Outreach.due_at, Outreach.id)
    query = mine.where(Outreach.stage.in_((Stage.DONE,) if done else RUNNING)).order_by(*order)
    if place := _place(after):
        here, there = tuple_(Outreach.due_at, Outreach.id), tuple_(*place)
        query = query.where(here < there if done else here > there)
    found = db.session.execute(query.limit(PAGE + 1)).all()
    last = found[PAGE - 1][0] if len(found) > PAGE else None
    return Page(
        [(row[0], row[1]) for row in found[:PAGE]], last and f"{last.due_at.timestamp():.6f}.{last.id.hex}"
    )


def _begins(contact: SafeContact, day: date) -> datetime:
    """When her safe hours begin on this day."""
    if not contact.may_be_called:
        raise NeverCalled
    begins = contact.opens_on(day)
    if begins is None:
        raise NoSafeHours
    return begins


def _expect_running(outreach: Outreach) -> None:
    if outreach.stage not in RUNNING:
        raise Ended


def _place(after: str | None) -> list | None:
    try:
        seconds, fraction, id = (after or "").split(".")
        moment = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction))
        return [literal(moment, db.UtcDateTime), literal(UUID(id), Uuid)]
    except (ValueError, OverflowError, OSError):
        return None
