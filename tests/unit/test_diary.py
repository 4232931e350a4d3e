"""Nobody and nothing is booked twice, on either kind of database, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from pwa import clock, db, diary, hours, resources
from pwa.diary import Booking, Taken
from pwa.hours import OFFICE, Span, Stretch
from pwa.resources import Kind
from tests.factories import a_closed_visit

pytestmark = pytest.mark.usefixtures("database")
MONDAY = date(2026, 11, 30)
BUFFER = timedelta(minutes=30)
HOUR = timedelta(hours=1)
RACERS = 20


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.JAKARTA)


def books(
    *who: UUID,
    start: datetime,
    length: timedelta = HOUR,
    buffer: timedelta = BUFFER,
    visit: UUID | None = None,
) -> UUID:
    visit_id = visit or a_closed_visit()
    diary.book(visit_id, who, start, start + length, buffer=buffer)
    return visit_id


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking))


def starts(*who: UUID, first: date = MONDAY, last: date | None = None, length=HOUR, buffer=BUFFER) -> list:
    db.session.flush()
    with time_machine.travel(at(7, day=date(2026, 11, 27)), tick=False):
        return diary.free_slots(who, first, last or first, length, buffer=buffer)


def said(moments: list[datetime]) -> list[str]:
    return [moment.strftime("%H:%M") for moment in moments]


def test_a_visit_takes_every_quarter_hour_and_the_way_there_and_back():
    books(uuid4(), start=at(10))
    assert rows() == 8
    assert db.session.scalar(select(func.count()).where(Booking.travel)) == 4


def test_a_second_visit_that_only_meets_the_way_back_is_refused():
    she = uuid4()
    books(she, start=at(10))
    for start in (at(9), at(10, 15), at(11), at(11, 45)):
        with pytest.raises(Taken):
            books(she, start=start)
    books(she, start=at(12))
    books(she, start=at(8))


def test_whoever_is_refused_leaves_nothing_behind_and_keeps_her_other_work():
    she, car, room = uuid4(), uuid4(), uuid4()
    books(car, start=at(10))
    kept = resources.add(Kind.ROOM, "Ruang depan")
    with pytest.raises(Taken):
        books(she, car, room, start=at(10))
    db.session.commit()
    assert rows() == 8
    assert [each.id for each in resources.everything()] == [kept.id]


def test_a_released_time_is_free_for_the_next():
    she = uuid4()
    visit = books(she, start=at(10))
    diary.release(visit)
    diary.release(visit)
    books(she, start=at(10))


def test_a_swap_moves_the_visit_even_onto_its_own_quarters():
    she = uuid4()
    visit = books(she, start=at(10))
    diary.swap(visit, [she], at(10, 30), at(11, 30), buffer=BUFFER)
    books(she, start=at(8, 30), length=timedelta(minutes=60))
    [first, second] = diary.engagements(at(0), at(23))
    assert (first.start, second.start, second.visit_id) == (at(8, 30), at(10, 30), visit)


def test_a_swap_onto_a_taken_time_leaves_the_old_one_booked():
    she = uuid4()
    visit = books(she, start=at(10))
    books(she, start=at(13))
    with pytest.raises(Taken):
        diary.swap(visit, [she], at(13), at(14), buffer=BUFFER)
    db.session.commit()
    with pytest.raises(Taken):
        books(she, start=at(10))
    assert rows() == 16


def test_the_wall_is_the_databases_own_and_not_only_ours():
    row = {"resource_id": uuid4(), "quarter": 1, "visit_id": a_closed_visit(), "travel": False}
    db.session.execute(insert(Booking), [row])
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(Booking), [row | {"visit_id": a_closed_visit(), "travel": True}])


def race(attempt) -> list[str]:
    """Twenty at the same moment, each in a transaction of their own: who won and who was told kindly."""
    together = Barrier(RACERS)

    def run(number: int) -> str:
        together.wait()
        try:
            attempt(number)
            db.session.commit()
        except Taken:
            db.session.rollback()
            return "taken"
        finally:
            db.session.remove()
        return "won"

    db.session.remove()
    with ThreadPoolExecutor(RACERS) as crowd:
        return list(crowd.map(run, range(RACERS)))


@pytest.mark.each_kind
@pytest.mark.parametrize("wanted", ["counsellor", "partner", "vehicle", "room"])
def test_of_twenty_who_want_the_same_one_wins(wanted):
    """Everybody brings her own of everything else, so only what all want can decide it."""
    same, asked = uuid4(), [a_closed_visit() for _ in range(RACERS)]
    db.session.commit()

    def attempt(number: int) -> None:
        kinds = ("counsellor", "partner", "vehicle", "room")
        books(*(same if kind == wanted else uuid4() for kind in kinds), start=at(10), visit=asked[number])

    assert sorted(race(attempt)) == ["taken"] * (RACERS - 1) + ["won"]
    assert rows() == 4 * 8


def test_twenty_moves_that_cross_end_in_a_diary_where_everybody_has_one_time():
    she = uuid4()
    visits = [books(she, start=at(6) + number * 2 * HOUR, length=HOUR) for number in range(4)]
    db.session.commit()

    def attempt(number: int) -> None:
        start = at(6) + ((number + 1) % 5) * 2 * HOUR
        diary.swap(visits[number % 4], [she], start, start + HOUR, buffer=BUFFER)

    answers = race(attempt)
    assert set(answers) <= {"won", "taken"}
    assert "won" in answers
    engaged = diary.engagements(at(0), at(23, 59))
    assert sorted(each.visit_id for each in engaged) == sorted(visits)
    assert rows() == 4 * 8


def test_without_a_plan_of_her_own_she_can_go_when_the_office_is_open():
    found = starts(uuid4(), length=timedelta(hours=2))
    assert (said(found)[0], said(found)[-1]) == ("08:30", "13:30")


def test_what_is_booked_and_the_way_there_leave_no_slot_that_touches_it():
    she, car = uuid4(), resources.add(Kind.VEHICLE, "Mobil 1")
    db.session.flush()
    books(car.id, start=at(11))
    morning, afternoon = (
        ["08:30", "08:45", "09:00"],
        ["13:00", "13:15", "13:30", "13:45", "14:00", "14:15", "14:30"],
    )
    assert said(starts(she, car.id)) == morning + afternoon


def test_her_own_plan_counts_and_a_pair_needs_both():
    she, he = uuid4(), uuid4()
    hours.plan(she, [Stretch(0, 9 * 60, 12 * 60), Stretch(5, 9 * 60, 10 * 60)])
    hours.plan(he, [Stretch(0, 10 * 60, 17 * 60)])
    assert said(starts(she, he, buffer=timedelta(), length=HOUR))[0::4] == ["10:00", "11:00"]
    saturday = date(2026, 12, 5)
    assert said(starts(she, first=saturday, buffer=timedelta())) == ["09:00"]
    assert starts(he, first=saturday) == []


def test_leave_takes_hours_away_and_extra_hours_give_some():
    she = uuid4()
    hours.exempt(she, Span.LEAVE, at(0), at(13, 10))
    hours.exempt(she, Span.EXTRA, at(19), at(20))
    found = said(starts(she, buffer=timedelta()))
    assert (found[0], found[-2:]) == ("13:15", ["15:00", "19:00"])


def test_on_a_holiday_only_extra_hours_are_offered():
    she = uuid4()
    hours.keep_holiday(MONDAY, "Hari libur")
    assert starts(she) == []
    hours.exempt(she, Span.EXTRA, at(9), at(11))
    assert said(starts(she)) == ["09:30"]
    hours.drop_holiday(MONDAY)
    assert said(starts(she))[0] == "08:30"


def test_a_room_alone_is_free_when_the_office_is_open_and_the_office_says_when_that_is():
    room = resources.add(Kind.ROOM, "Ruang konseling")
    hours.plan(OFFICE, [Stretch(0, 7 * 60, 9 * 60)])
    assert said(starts(room.id, buffer=timedelta())) == ["07:00", "07:15", "07:30", "07:45", "08:00"]


def test_nobody_is_offered_a_time_that_has_passed():
    with time_machine.travel(at(13, 5), tick=False):
        found = diary.free_slots([uuid4()], MONDAY, MONDAY, HOUR, buffer=timedelta())
    assert said(found)[0] == "13:15"


def test_the_week_of_new_year_runs_on_without_a_gap():
    she, eve = uuid4(), date(2026, 12, 31)
    hours.plan(she, [Stretch(3, 20 * 60, 24 * 60), Stretch(4, 0, 60)])
    found = starts(she, first=eve, last=eve + timedelta(days=1), length=HOUR, buffer=BUFFER)
    assert [f"{moment:%d.%m %H:%M}" for moment in found][-3:] == ["31.12 23:00", "31.12 23:15", "31.12 23:30"]
    visit = books(she, start=at(23, 30, day=eve))
    [kept] = diary.engagements(at(0, day=eve), at(23, 59, day=eve))
    assert (kept.visit_id, kept.end) == (visit, at(0, 30, day=date(2027, 1, 1)))


def test_a_visit_that_ends_before_it_begins_is_no_visit():
    with pytest.raises(ValueError, match="ends after"):
        diary.book(uuid4(), [uuid4()], at(10), at(10), buffer=BUFFER)
    with pytest.raises(ValueError, match="arrives before"):
        diary.book(uuid4(), [uuid4()], at(10), at(11), buffer=-BUFFER)
