"""The calendar file a counsellor may load into her phone: times and "Kegiatan 1", and nothing that tells.

Whoever looks over her shoulder, or syncs that calendar into some cloud, learns neither who nor where nor why.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db

KEPT_FOR = timedelta(days=30)


class Entry(db.Model):
    """One visit in one person's calendar. `uid` is random, so a file found on a phone leads to no visit."""

    __tablename__ = "calendar_entry"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    whose: Mapped[UUID] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(default=uuid4)
    sequence: Mapped[int] = mapped_column(default=0)
    number: Mapped[int]
    start_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    cancelled: Mapped[bool] = mapped_column(default=False)

    def change(self, start: datetime, end: datetime, *, cancelled: bool = False) -> None:
        self.start_at, self.end_at, self.cancelled = start, end, cancelled
        self.sequence += 1
        self.changed_at = clock.now()


def enter(visit_id: UUID, people: Iterable[UUID], start: datetime, end: datetime) -> None:
    """From now on the visit is at this time and with these people; whoever no longer goes sees it cancelled."""
    people, known = set(people), {entry.whose: entry for entry in _of(visit_id)}
    for whose, entry in known.items():
        if whose in people:
            entry.change(start, end)
        elif not entry.cancelled:
            entry.change(entry.start_at, entry.end_at, cancelled=True)
    for whose in people - set(known):
        db.session.add(
            Entry(
                visit_id=visit_id, whose=whose, uid=uuid4(), sequence=0, number=_next_number(whose), start_at=start,
                end_at=end, changed_at=clock.now(), cancelled=False,
            )
        )  # fmt: skip
    db.session.flush()


def cancel(visit_id: UUID) -> None:
    enter(visit_id, (), clock.now(), clock.now())


def entries(whose: UUID) -> Sequence[Entry]:
    return db.session.scalars(select(Entry).where(Entry.whose == whose).order_by(Entry.start_at)).all()


def entry(whose: UUID, visit_id: UUID) -> Entry | None:
    return db.session.get(Entry, (visit_id, whose))


def numbers(whose: UUID) -> dict[UUID, int]:
    """What each visit is called on her phone: "Kegiatan 1"; the first, should it be in her calendar no more."""
    rows = db.session.execute(select(Entry.visit_id, Entry.number).where(Entry.whose == whose)).all()
    return defaultdict(lambda: 1, (tuple(row) for row in rows))


def written(found: Sequence[Entry]) -> bytes:
    """These entries as a file. A file of nothing but cancelled ones says so at its head as well."""
    import icalendar  # few ever ask for a file, and every start would wait for it

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Kegiatan//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if found and all(each.cancelled for each in found) else "PUBLISH")
    for each in found:
        event = icalendar.Event()
        for name, value in _described(each).items():
            event.add(name, value)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def purge() -> None:
    db.session.execute(delete(Entry).where(Entry.end_at < clock.now() - KEPT_FOR))


def _described(entry: Entry) -> dict[str, object]:
    return {
        "uid": f"{entry.uid}@kegiatan",
        "sequence": entry.sequence,
        "summary": f"Kegiatan {entry.number}",
        "dtstart": entry.start_at.astimezone(clock.JAKARTA),
        "dtend": entry.end_at.astimezone(clock.JAKARTA),
        "dtstamp": entry.changed_at,
        "class": "PRIVATE",
        "status": "CANCELLED" if entry.cancelled else "CONFIRMED",
    }


def _of(visit_id: UUID) -> Sequence[Entry]:
    return db.session.scalars(select(Entry).where(Entry.visit_id == visit_id)).all()


def _next_number(whose: UUID) -> int:
    return (db.session.scalar(select(func.max(Entry.number)).where(Entry.whose == whose)) or 0) + 1
