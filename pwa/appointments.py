"""The time of a visit: offered, kept for her until she answers, confirmed, given back.

Booking, state, answer and alerts change in one transaction. What she reads is closed to her number, in her language:
day, hour and "the agreed place", never an address and nobody's name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from pwa import answers, clock, db, diary, i18n, push, reminders, tasks
from pwa.accounts import Account
from pwa.answers import Answer, Sort
from pwa.i18n import gettext
from pwa.levels import Level
from pwa.receipts import Receipt
from pwa.visits import (
    BOOKED,
    NOBODY,
    SHE,
    WAITING,
    State,
    Visit,
    expect,
    given,
    move,
    only_manajer_at_high_risk,
)

KEPT_FOR = timedelta(hours=48)
PROPOSE_WITHIN_DAYS = 3  # working days; the same day when the risk is high
_NOTICE = timedelta(hours=2)


class PartnerNeeded(Exception):
    """Nobody goes alone where the risk is high."""


class TooSoon(Exception):
    """This time has passed or is so near that she could not answer."""


class Late(Exception):
    """The offered time was kept until now and no longer; another one is looked for."""


@dataclass(frozen=True)
class Slot:
    start: datetime
    end: datetime

    @property
    def kept_until(self) -> datetime:
        """Two days, but never so long that nobody could plan the way; half of what is left when it is near."""
        now = clock.now()
        return min(now + KEPT_FOR, self.start - min(_NOTICE, (self.start - now) / 2))


@dataclass(frozen=True)
class Crew:
    """Who goes, with what, and where they sit."""

    counsellor: UUID
    partner: UUID | None = None
    vehicle: UUID | None = None
    room: UUID | None = None

    @property
    def everything(self) -> list[UUID]:
        return [id for id in (self.counsellor, self.partner, self.vehicle, self.room) if id]


def offer(visit: Visit, slot: Slot, crew: Crew, *, by: Account) -> None:
    """Book it and put it behind her number.

    Raises `WrongState`, `TooSoon`, `PartnerNeeded`, `diary.Taken`, and what `answers.answer` raises.
    """
    expect(visit, *WAITING)
    expect_future(slot)
    if visit.level.is_high and crew.partner in (None, crew.counsellor):
        raise PartnerNeeded
    visit.counsellor_id, visit.partner_id = crew.counsellor, crew.partner
    visit.vehicle_id, visit.room_id = crew.vehicle, crew.room
    diary.book(visit.id, visit.resources, slot.start, slot.end, buffer=visit.travel)
    visit.answer_id = tell_time(visit, slot, Sort.OFFER, by=by).id
    visit.start_at, visit.end_at = slot.start, slot.end
    visit.lapses_at = visit.due_at = slot.kept_until
    move(visit, State.OFFERED, by=by)


def confirm(visit: Visit, *, at: datetime) -> None:
    """Her yes, given at that moment. Raises `WrongState` and `Late`."""
    expect(visit, State.OFFERED)
    if at > visit.lapses_at:
        raise Late
    visit.lapses_at, visit.due_at = None, visit.start_at
    move(visit, State.CONFIRMED, role=SHE)
    call(visit, push.Subject.VISIT_CONFIRMED)
    reminders.promise(visit)


def ask_for_another(visit: Visit) -> None:
    """Not this time: the office looks for another one."""
    expect(visit, State.OFFERED)
    _give_back(visit)
    move(visit, State.ASKED, role=SHE)
    visit.due_at = propose_by(visit.level, clock.now())
    call(visit, push.Subject.VISIT_MOVED)


def lapse(visit: Visit) -> None:
    """Nobody answered in time: the slot is free again, and somebody reaches her in the safe way."""
    expect(visit, State.OFFERED)
    _give_back(visit)
    move(visit, State.LAPSED, role=NOBODY)
    visit.due_at = propose_by(visit.level, clock.now())
    tasks.set_(tasks.Kind.REACH_AGAIN, visit)


def lapse_due() -> int:
    query = select(Visit).where(Visit.state == State.OFFERED, Visit.lapses_at < clock.now())
    due = db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all()
    for visit in due:
        lapse(visit)
    db.session.flush()
    return len(due)


def decline(visit: Visit, *, reason: str, instead: str, by: Account) -> None:
    """No visit, but never nothing: another help is offered behind her number. Raises `ReasonNeeded`."""
    expect(visit, *WAITING)
    _answer(visit, given(instead), Sort.NEXT_STEP, by=by)
    move(visit, State.DECLINED, by=by, reason=given(reason))


def cancel(visit: Visit, *, reason: str, say: str, by: Account) -> None:
    """The office cannot come. At high risk only a manajer may say so. Raises `ReasonNeeded`, `ManajerOnly`."""
    expect(visit, *BOOKED)
    only_manajer_at_high_risk(visit, by)
    given(reason)
    _answer(visit, given(say), Sort.NEXT_STEP, by=by)
    _end(visit)
    move(visit, State.CANCELLED_BY_OFFICE, by=by, reason=reason)


def cancel_by_her(visit: Visit) -> None:
    """No reason is asked."""
    expect(visit, *WAITING, *BOOKED)
    _end(visit)
    move(visit, State.CANCELLED_BY_HER, role=SHE)
    call(visit, push.Subject.VISIT_CANCELLED)


def tell_time(visit: Visit, slot: Slot, sort: Sort, *, by: Account) -> Answer:
    return _answer(visit, in_words(slot, visit.language), sort, by=by)


def in_words(slot: Slot, language: str) -> str:
    with i18n.speaking(i18n.by_folder(language) or i18n.DEFAULT):
        return gettext("%(start)s, until %(end)s, at the agreed place.") % {
            "start": i18n.moment(slot.start), "end": i18n.clock_time(slot.end),
        }  # fmt: skip


def expect_future(slot: Slot) -> None:
    if slot.start <= clock.now() or slot.end <= slot.start:
        raise TooSoon


def call(visit: Visit, subject: push.Subject) -> None:
    """To whoever goes there; before somebody has taken it, to whoever is on call."""
    push.promise(subject, to=visit.counsellor_id, path=path_of(visit))


def path_of(visit: Visit) -> str:
    return f"/konselor/kunjungan/{visit.id}" if visit.counsellor_id else "/kantor/kunjungan"


def propose_by(level: Level, since: datetime) -> datetime:
    """When she should have been offered a time."""
    if level.is_high:
        return clock.end_of_day(since)
    return clock.working_days_after(since, PROPOSE_WITHIN_DAYS)


def _end(visit: Visit) -> None:
    reminders.cancel(visit)
    _give_back(visit)


def _give_back(visit: Visit) -> None:
    diary.release(visit.id)
    visit.lapses_at = None


def _answer(visit: Visit, text: str, sort: Sort, *, by: Account) -> Answer:
    receipt = db.session.get(Receipt, visit.receipt_id)
    is_today = visit.start_at is not None and clock.day_of(visit.start_at) == clock.today()
    row = answers.answer(receipt, text, sort=sort, by=by.id, urgent=is_today)
    db.session.flush()
    return row
