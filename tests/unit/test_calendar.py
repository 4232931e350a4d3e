"""The calendar file on a counsellor's phone: right for the calendar, useless to whoever looks over her shoulder."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from icalendar import Calendar

from pwa import calendar, clock, db, diary
from tests.factories import a_closed_visit

pytestmark = pytest.mark.usefixtures("database")
BUFFER = timedelta(minutes=30)
NOW = datetime(2026, 11, 27, 8, tzinfo=clock.JAKARTA)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=clock.JAKARTA)


def a_visit(*who: UUID, start: datetime) -> UUID:
    visit_id = a_closed_visit()
    diary.book(visit_id, who, start, start + timedelta(hours=1), buffer=BUFFER)
    return visit_id


def read(who: UUID) -> Calendar:
    return Calendar.from_ical(calendar.written(calendar.entries(who)))


def events(who: UUID) -> list:
    return read(who).walk("VEVENT")


def test_times_are_in_jakarta_with_the_rule_of_that_zone_beside_them():
    she = uuid4()
    a_visit(she, start=at(31, 23, 30))
    [zone] = read(she).walk("VTIMEZONE")
    [event] = events(she)
    assert (str(zone["tzid"]), event["dtstart"].params["tzid"]) == ("Asia/Jakarta", "Asia/Jakarta")
    assert event.decoded("dtstart") == at(31, 23, 30)
    assert event.decoded("dtend") == datetime(2027, 1, 1, 0, 30, tzinfo=clock.JAKARTA)


def test_an_event_says_a_number_and_a_time_and_nothing_else():
    she = uuid4()
    visit = a_visit(she, uuid4(), start=at(1, 9))
    a_visit(she, start=at(2, 9))
    file = calendar.written(calendar.entries(she)).decode()
    assert [str(event["summary"]) for event in events(she)] == ["Kegiatan 1", "Kegiatan 2"]
    for event in events(she):
        assert set(event) == {
            "UID", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "CLASS", "STATUS"
        }  # fmt: skip
    for telling in (str(visit), visit.hex, str(she), she.hex, "sapa", "visit", "kunjungan"):
        assert telling not in file.lower()


def test_a_moved_visit_keeps_its_identity_and_its_number_rises():
    she = uuid4()
    visit = a_visit(she, start=at(1, 9))
    [before] = events(she)
    diary.swap(visit, [she], at(3, 9), at(3, 10), buffer=BUFFER)
    [after] = events(she)
    assert after["uid"] == before["uid"]
    assert (int(before["sequence"]), int(after["sequence"])) == (0, 1)
    assert after.decoded("dtstart") == at(3, 9)


def test_a_cancelled_visit_stays_in_the_file_so_that_phones_take_it_out():
    she = uuid4()
    visit = a_visit(she, start=at(1, 9))
    a_visit(she, start=at(2, 9))
    diary.release(visit)
    diary.release(visit)
    gone, stays = events(she)
    assert (str(gone["status"]), int(gone["sequence"]), gone.decoded("dtstart")) == ("CANCELLED", 1, at(1, 9))
    assert str(stays["status"]) == "CONFIRMED"
    assert str(read(she)["method"]) == "PUBLISH"
    alone = Calendar.from_ical(calendar.written([calendar.entry(she, visit)]))
    assert str(alone["method"]) == "CANCEL"


def test_whoever_no_longer_goes_sees_it_cancelled_and_who_goes_instead_sees_it():
    she, he = uuid4(), uuid4()
    visit = a_visit(she, start=at(1, 9))
    diary.swap(visit, [he], at(1, 9), at(1, 10), buffer=BUFFER)
    assert [str(event["status"]) for event in events(she)] == ["CANCELLED"]
    assert [str(event["status"]) for event in events(he)] == ["CONFIRMED"]
    assert events(she)[0]["uid"] != events(he)[0]["uid"]


def test_a_refused_time_leaves_no_trace_in_any_calendar():
    she, he = uuid4(), uuid4()
    a_visit(she, start=at(1, 9))
    with pytest.raises(diary.Taken):
        a_visit(he, she, start=at(1, 9))
    assert (len(events(she)), events(he)) == (1, [])


def test_an_empty_calendar_is_a_calendar():
    assert str(read(uuid4())["method"]) == "PUBLISH"


def test_what_is_long_past_is_forgotten():
    she = uuid4()
    with time_machine.travel(NOW, tick=False):
        a_visit(she, start=at(1, 9))
        calendar.purge()
    assert len(events(she)) == 1
    with time_machine.travel(at(31, 11), tick=False):
        calendar.purge()
    db.session.expire_all()
    assert events(she) == []
