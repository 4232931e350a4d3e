"""The day before and two hours before: to whoever goes, and to her inside her own safe hours. Never at night."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from pwa import clock, db, listeners, push
from pwa.push import Subject
from pwa.quiet import Hours, is_quiet
from pwa.visits import State, Visit

BEFORE = (timedelta(days=1), timedelta(hours=2))
_STEP = timedelta(minutes=15)


def promise(visit: Visit) -> None:
    """For a confirmed visit; whatever was promised for it before is taken back."""
    cancel(visit)
    path = _staff_page(visit)
    for person in filter(None, (visit.counsellor_id, visit.partner_id)):
        for at in moments(visit.start_at):
            push.promise(Subject.VISIT_REMINDER, to=person, path=path, at=at, until=visit.start_at)
    _to_her(visit)


def cancel(visit: Visit) -> None:
    """Other visits under the same number keep theirs."""
    push.cancel(Subject.VISIT_REMINDER, path=_staff_page(visit))
    push.cancel(Subject.VISIT_REMINDER, receipt_id=visit.receipt_id, path=listeners.PAGE)
    others = select(Visit).where(
        Visit.receipt_id == visit.receipt_id, Visit.id != visit.id, Visit.state == State.CONFIRMED
    )
    for other in db.session.scalars(others):
        _to_her(other)


def moments(start: datetime, allowed: Callable[[datetime], bool] = lambda at: True) -> list[datetime]:
    """When to remind of something that starts then: as late as wished, or as much earlier as quiet hours ask for."""
    found = {
        at for before in BEFORE if (at := next(_earlier(start - before, start, allowed), None)) is not None
    }
    return sorted(found)


def _earlier(wished: datetime, start: datetime, allowed: Callable[[datetime], bool]) -> Iterator[datetime]:
    """Back from the wished moment to now, but not further than the day before that."""
    at, now = wished, clock.now()
    earliest = max(now, wished - timedelta(days=1))
    while at >= earliest:
        if not is_quiet(at) and allowed(at):
            yield at
        at -= _STEP


def _to_her(visit: Visit) -> None:
    """Promised whether or not a phone listens yet: she is asked only after she has said yes to the time."""
    hours = Hours.of(visit.safe_days, visit.safe_hours)
    for at in moments(visit.start_at, hours.allow):
        until = min(visit.start_at, hours.end(at))
        push.promise(
            Subject.VISIT_REMINDER, receipt_id=visit.receipt_id, path=listeners.PAGE, at=at, until=until
        )


def _staff_page(visit: Visit) -> str:
    return f"/konselor/kunjungan/{visit.id}"
