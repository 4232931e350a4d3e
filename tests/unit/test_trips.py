"""Nobody who goes out is forgotten: signs, silence, the word that must not be noticed."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select

from pwa import checkpoints, clock, db, duress, safety, trips
from pwa.checkpoints import Checkpoint, Kind
from pwa.duress import DuressWord
from pwa.push import Alert, Subject
from pwa.push import State as Promise
from pwa.safety import Times
from pwa.settings import LADDER_VISIT, VISIT_GRACE, VISIT_HOME
from pwa.trips import Alarm, State, Trip
from tests.factories import a_closed_visit, an_account

pytestmark = pytest.mark.usefixtures("database")
TIMES = Times(VISIT_GRACE, VISIT_HOME, LADDER_VISIT)
START = datetime(2026, 11, 30, 9, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


class People:
    def __init__(self) -> None:
        self.she, self.buddy = an_account("konselor"), an_account("konselor")
        self.manajer = an_account("manajer")


@pytest.fixture
def people() -> People:
    return People()


def a_trip(people: People, start: datetime = START, *, buddy: bool = True) -> Trip:
    with time_machine.travel(start - HOUR, tick=False):
        trip = trips.plan(
            a_closed_visit(), counsellor_id=people.she.id, buddy_id=people.buddy.id if buddy else None, start=start,
            end=start + HOUR, grace=TIMES.grace,
        )  # fmt: skip
    db.session.commit()
    return trip


def says(
    trip: Trip, kind: Kind, at: datetime, *, arriving: datetime | None = None, id: UUID | None = None, **more
):
    with time_machine.travel(arriving or at, tick=False):
        checkpoints.note(trip, id or uuid4(), kind, times=TIMES, happened_at=at, **more)
        db.session.commit()


def time_goes(to: datetime) -> None:
    with time_machine.travel(to, tick=False):
        safety.look(TIMES)
        db.session.commit()


def called() -> list[tuple[Subject, UUID]]:
    """Whom the alerts that were not taken back are for, in the order in which they were promised."""
    query = select(Alert.subject, Alert.to_id).where(Alert.state != Promise.CANCELLED)
    return [tuple(row) for row in db.session.execute(query.order_by(Alert.promised_at))]


def test_a_whole_trip_goes_from_leaving_to_home_and_calls_nobody(people):
    trip = a_trip(people)
    for kind, after in (
        (Kind.DEPARTED, -30), (Kind.ARRIVED, 0), (Kind.UNDER_WAY, 5), (Kind.FINISHED, 58), (Kind.HOME, 90)
    ):  # fmt: skip
        says(trip, kind, START + minutes(after))
    assert (trip.state, trip.due_at) == (State.SAFE, None)
    time_goes(START + timedelta(days=2))
    assert called() == []


def test_silence_calls_her_then_her_buddy_then_the_manajer_and_then_110(people):
    trip = a_trip(people)
    says(trip, Kind.DEPARTED, START - minutes(30))
    says(trip, Kind.ARRIVED, START)
    due = START + HOUR + VISIT_GRACE
    time_goes(due - minutes(1))
    assert called() == []
    for after, who in ((0, people.she), (5, people.buddy), (10, people.manajer)):
        time_goes(due + minutes(after))
        time_goes(due + minutes(after) + minutes(1))
        assert called()[-1] == (Subject.VISIT_OVERDUE, who.id)
    assert len(called()) == 3
    assert not trip.in_emergency
    time_goes(due + minutes(15))
    assert (trip.in_emergency, trip.alarm) == (True, Alarm.OVERDUE)
    time_goes(due + minutes(60))
    assert len(called()) == 5, "one alarm rings once, for the manajer and for the buddy"


def test_after_an_hour_in_which_nothing_ran_every_rung_is_climbed_at_once(people):
    trip = a_trip(people)
    says(trip, Kind.ARRIVED, START)
    time_goes(START + 4 * HOUR)
    assert trip.in_emergency
    assert {who for _, who in called()} == {people.she.id, people.buddy.id, people.manajer.id}


def test_a_dead_phone_that_never_said_anything_raises_the_alarm_as_well(people):
    trip = a_trip(people, buddy=False)
    time_goes(START + HOUR + VISIT_GRACE + minutes(15))
    assert trip.in_emergency


def test_whoever_left_and_never_arrives_is_missed_before_the_visit_would_end(people):
    trip = a_trip(people)
    says(trip, Kind.DEPARTED, START - minutes(30))
    time_goes(START + VISIT_GRACE)
    assert called() == [(Subject.VISIT_OVERDUE, people.she.id)]


def test_after_the_end_the_way_home_has_its_own_clock(people):
    trip = a_trip(people)
    says(trip, Kind.ARRIVED, START)
    says(trip, Kind.FINISHED, START + HOUR)
    time_goes(START + HOUR + VISIT_HOME - minutes(1))
    assert called() == []
    time_goes(START + HOUR + VISIT_HOME)
    assert called() == [(Subject.VISIT_OVERDUE, people.she.id)]


def test_a_sign_ends_the_calling_and_the_next_silence_begins_from_the_bottom(people):
    trip = a_trip(people)
    says(trip, Kind.ARRIVED, START)
    due = START + HOUR + VISIT_GRACE
    time_goes(due + minutes(6))
    says(trip, Kind.EXTEND, due + minutes(7), minutes=30)
    assert called() == []
    assert trip.due_at == START + HOUR + minutes(30) + VISIT_GRACE
    time_goes(trip.due_at)
    assert called() == [(Subject.VISIT_OVERDUE, people.she.id)]


def test_extensions_add_up_but_not_for_ever(people):
    trip = a_trip(people)
    for _ in range(12):
        says(trip, Kind.EXTEND, START, minutes=60)
    assert trip.ends_at == START + HOUR + trips.LONGEST_EXTENSION


def test_signs_that_waited_on_the_phone_count_when_they_happened(people):
    trip = a_trip(people)
    back = START + 2 * HOUR
    says(trip, Kind.HOME, START + minutes(100), arriving=back)
    says(trip, Kind.ARRIVED, START, arriving=back)
    says(trip, Kind.FINISHED, START + minutes(55), arriving=back)
    assert trip.state is State.SAFE
    signs = checkpoints.signs_of(trip)
    assert [sign.kind for sign in signs] == [Kind.ARRIVED, Kind.FINISHED, Kind.HOME]
    assert all(sign.late for sign in signs)


def test_a_sign_sent_again_is_the_same_sign(people):
    trip, id = a_trip(people), uuid4()
    for arriving in (0, 1, 90):
        says(trip, Kind.EXTEND, START, arriving=START + minutes(arriving), id=id, minutes=30)
    assert trip.extended == 30
    assert len(db.session.scalars(select(Checkpoint)).all()) == 1


def test_a_phone_whose_clock_runs_ahead_says_now(people):
    trip = a_trip(people)
    says(trip, Kind.ARRIVED, START + timedelta(days=400), arriving=START)
    [sign] = checkpoints.signs_of(trip)
    assert (sign.happened_at, trip.due_at) == (START, START + HOUR + VISIT_GRACE)


def test_a_late_sign_from_before_does_not_bring_her_back_out(people):
    trip = a_trip(people)
    says(trip, Kind.HOME, START + HOUR)
    says(trip, Kind.DEPARTED, START - HOUR, arriving=START + 2 * HOUR)
    assert (trip.state, trip.due_at) == (State.SAFE, None)


@pytest.mark.parametrize("typed", ["Bunga Melati", "  bunga   MELATI ", "bunga-mélati"])
def test_the_word_raises_the_alarm_for_the_manajer_alone(people, typed):
    trip = a_trip(people)
    duress.choose(people.she.id, "bunga melati")
    says(trip, Kind.EXTEND, START + minutes(50), minutes=30, word=typed)
    assert (trip.in_emergency, trip.alarm) == (True, Alarm.DURESS)
    assert called() == [(Subject.DURESS, people.manajer.id)]
    assert trip.due_at == START + HOUR + minutes(30) + VISIT_GRACE, (
        "everything else is as with any other word"
    )


@pytest.mark.parametrize(
    ("kept", "typed"), [("bunga melati", "melati"), ("bunga melati", ""), ("", ""), ("", "x")]
)
def test_any_other_word_raises_nothing(people, kept, typed):
    trip = a_trip(people)
    duress.choose(people.she.id, kept)
    says(trip, Kind.EXTEND, START, minutes=15, word=typed)
    assert called() == []


def test_nobody_can_read_the_word_and_it_can_be_taken_back(people):
    duress.choose(people.she.id, "bunga melati")
    db.session.commit()
    assert b"melati" not in db.session.get(DuressWord, people.she.id).mark
    assert not duress.is_meant(people.buddy.id, "bunga melati")
    duress.choose(people.she.id, " ")
    db.session.commit()
    assert not duress.is_meant(people.she.id, " ")


def test_going_home_does_not_end_an_alarm_and_neither_does_she(people):
    trip = a_trip(people)
    time_goes(START + 3 * HOUR)
    says(trip, Kind.HOME, START + 3 * HOUR)
    assert trip.in_emergency
    assert (Subject.VISIT_OVERDUE, people.manajer.id) in called(), "whoever makes her say so silences nobody"
    for who in (people.she, people.buddy, an_account("penerima")):
        with pytest.raises(safety.ManajerOnly):
            safety.clear(trip, reason="baik", by=who, times=TIMES)
    with pytest.raises(safety.ReasonNeeded):
        safety.clear(trip, reason=" ", by=people.manajer, times=TIMES)
    with time_machine.travel(START + 4 * HOUR, tick=False):
        safety.clear(trip, reason="Sudah bicara langsung.", by=people.manajer, times=TIMES)
        db.session.commit()
    assert (trip.in_emergency, trip.state, called()) == (False, State.SAFE, [])
    time_goes(START + timedelta(days=1))
    assert not trip.in_emergency


def test_after_a_cleared_word_silence_is_still_missed(people):
    trip = a_trip(people)
    duress.choose(people.she.id, "melati")
    says(trip, Kind.EXTEND, START, minutes=15, word="melati")
    with time_machine.travel(START + minutes(5), tick=False):
        safety.clear(trip, reason="Salah ketik, sudah bicara.", by=people.manajer, times=TIMES)
        db.session.commit()
    time_goes(START + HOUR + minutes(15) + VISIT_GRACE + minutes(15))
    assert (trip.in_emergency, trip.alarm) == (True, Alarm.OVERDUE)


def test_not_met_asks_somebody_to_reach_her_again_within_a_day(people):
    trip = a_trip(people)
    says(trip, Kind.NOT_MET, START + minutes(20))
    assert trip.reach_again_by == START + minutes(20) + timedelta(hours=24)
    assert called() == [(Subject.TASK, people.manajer.id)]
    says(trip, Kind.HOME, START + HOUR)
    with time_machine.travel(START + 2 * HOUR, tick=False):
        assert [each.visit_id for each in trips.under_way(people.manajer)] == [trip.visit_id]
        trips.reached_again(trip)
        db.session.commit()
        assert trips.under_way(people.manajer) == []


@pytest.mark.each_kind
@pytest.mark.parametrize("start", [
    datetime(2026, 11, 30, 23, 30, tzinfo=clock.JAKARTA), datetime(2026, 12, 31, 23, 30, tzinfo=clock.JAKARTA)
])  # fmt: skip
def test_midnight_and_the_end_of_the_year_are_minutes_like_others(people, start):
    trip = a_trip(people, start)
    says(trip, Kind.ARRIVED, start)
    time_goes(start + HOUR + VISIT_GRACE - minutes(1))
    assert called() == []
    time_goes(start + HOUR + VISIT_GRACE + minutes(15))
    assert trip.in_emergency


def test_a_moved_visit_moves_its_clock_and_a_dropped_one_has_none(people):
    trip = a_trip(people)
    later = START + timedelta(days=1)
    trips.plan(
        trip.visit_id, counsellor_id=people.buddy.id, buddy_id=None, start=later, end=later + HOUR, grace=TIMES.grace
    )  # fmt: skip
    db.session.commit()
    time_goes(START + 3 * HOUR)
    assert (called(), trip.counsellor_id) == ([], people.buddy.id)
    trips.drop(trip.visit_id)
    db.session.commit()
    time_goes(later + 3 * HOUR)
    assert called() == []


def test_whoever_has_left_is_watched_over_whatever_the_office_moves(people):
    trip = a_trip(people)
    says(trip, Kind.DEPARTED, START - minutes(10))
    trips.drop(trip.visit_id)
    trips.plan(
        trip.visit_id, counsellor_id=people.she.id, buddy_id=None, start=START + 9 * HOUR, end=START + 10 * HOUR,
        grace=TIMES.grace,
    )  # fmt: skip
    db.session.commit()
    assert (trip.state, trip.start_at) == (State.DEPARTED, START)


def test_her_trip_is_found_by_her_and_her_token_and_by_nobody_else(people):
    trip = a_trip(people)
    assert trips.of(people.she, trip.visit_id) is trip
    assert trips.of(people.buddy, trip.visit_id) is None
    assert trips.by_token(trip.token) is trip
    assert trips.by_token(trip.token[::-1]) is None
    assert str(trip.visit_id).replace("-", "") not in trip.token
    assert trips.watched_by(people.buddy, trip.visit_id) is trip
    assert trips.watched_by(an_account("konselor"), trip.visit_id) is None
