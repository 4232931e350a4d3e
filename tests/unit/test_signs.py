"""A way without signal against the clock of the office: who is called meanwhile, and what changes when the signs arrive."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from pwa import checkpoints, clock, db, duress, safety, signs, trips
from pwa.letter import NotALetter
from pwa.push import Alert, Subject
from pwa.push import State as Promise
from pwa.safety import Times
from pwa.settings import LADDER_VISIT, VISIT_GRACE, VISIT_HOME
from pwa.trips import Alarm, State, Trip
from tests.factories import a_closed_visit, an_account
from tests.signing import a_sealed_sign, together

TIMES = Times(VISIT_GRACE, VISIT_HOME, LADDER_VISIT)
HOUR = timedelta(hours=1)
STARTS = [
    datetime(2026, 11, 30, 9, tzinfo=clock.JAKARTA),
    datetime(2026, 12, 31, 23, 30, tzinfo=clock.JAKARTA),
]
EVERYBODY = {"she", "buddy", "manajer"}


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


class Way:
    """Hers, of an hour's visit, watched over by a buddy and a manajer."""

    def __init__(self, settings, start: datetime) -> None:
        self.settings, self.start = settings, start
        people = {
            "she": an_account("konselor"),
            "buddy": an_account("konselor"),
            "manajer": an_account("manajer"),
        }
        self.people = {account.id: name for name, account in people.items()}
        self.she, self.manajer = people["she"], people["manajer"]
        with time_machine.travel(start - HOUR, tick=False):
            trip = trips.plan(
                a_closed_visit(), counsellor_id=self.she.id, buddy_id=people["buddy"].id, start=start, end=start + HOUR,
                grace=TIMES.grace,
            )  # fmt: skip
            db.session.commit()
        self.id, self.token = trip.visit_id, trip.token

    @property
    def trip(self) -> Trip:
        return trips.find(self.id)

    def presses(self, kind: str, after: int, **longer: str) -> bytes:
        """So many minutes after the visit was to begin."""
        return a_sealed_sign(self.settings, self.token, kind, self.start + minutes(after), **longer)

    def arrive(self, *sealed: bytes, after: int, newest: int) -> None:
        """The signal returns; `newest` is when the last of them was pressed."""
        with time_machine.travel(self.start + minutes(after), tick=False):
            signs.hand_in(together(*sealed), str((after - newest) * 60), times=TIMES)
            db.session.commit()

    def time_goes(self, after: int) -> None:
        with time_machine.travel(self.start + minutes(after), tick=False):
            safety.look(TIMES)
            db.session.commit()

    def called(self) -> set[str]:
        query = select(Alert.to_id).where(Alert.state != Promise.CANCELLED, Alert.subject != Subject.TASK)
        return {self.people[id] for id in db.session.scalars(query)}


@pytest.fixture(params=STARTS, ids=["a morning", "a year's end"])
def way(request, office) -> Way:
    return Way(office, request.param)


def test_silence_climbs_as_always_and_late_signs_take_the_calls_back(way):
    pressed = [
        way.presses("departed", -30),
        way.presses("arrived", 0),
        way.presses("extend", 55, minutes="60"),
    ]
    for after, called in ((74, set()), (75, {"she"}), (80, {"she", "buddy"}), (85, EVERYBODY)):
        way.time_goes(after)
        assert way.called() == called
    way.arrive(*pressed, after=87, newest=55)
    assert (way.called(), way.trip.state) == (set(), State.ARRIVED)
    assert way.trip.due_at == way.start + 2 * HOUR + VISIT_GRACE
    way.time_goes(134)
    assert way.called() == set()
    way.time_goes(135)
    assert way.called() == {"she"}


def test_what_arrives_and_is_long_overdue_itself_calls_from_the_bottom_at_once(way):
    way.arrive(way.presses("departed", -30), after=10, newest=-30)
    assert way.called() == set()
    way.time_goes(15)
    assert way.called() == {"she"}
    way.time_goes(25)
    assert way.called() == EVERYBODY


def test_an_alarm_that_rang_meanwhile_rings_on_until_a_manajer_knows_better(way):
    way.time_goes(90)
    assert way.trip.alarm is Alarm.OVERDUE
    way.arrive(
        way.presses("arrived", 0), way.presses("finished", 60), way.presses("home", 85), after=100, newest=85
    )
    assert (way.trip.state, way.trip.in_emergency) == (State.SAFE, True)
    assert "manajer" in way.called()
    with time_machine.travel(way.start + minutes(110), tick=False):
        safety.clear(way.trip, reason="Sudah bicara langsung.", by=way.manajer, times=TIMES)
        db.session.commit()
    way.time_goes(24 * 60)
    assert way.called() == set()


def test_the_word_rings_at_the_manajers_alone_however_late_it_comes_and_whatever_came_after_it(way):
    duress.choose(way.she.id, "bunga melati")
    pressed = [
        way.presses("arrived", 0), way.presses("extend", 50, minutes="30", word="Bunga Melati"), way.presses("home", 70)
    ]  # fmt: skip
    way.arrive(*pressed, after=300, newest=70)
    assert (way.trip.alarm, way.trip.in_emergency, way.called()) == (Alarm.DURESS, True, {"manajer"})
    way.arrive(*pressed, after=310, newest=70)
    assert len(checkpoints.signs_of(way.trip)) == 3, "sent again it rings no second time"


def test_signs_of_a_trip_that_a_manajer_has_ended_are_kept_and_move_nothing(way):
    way.time_goes(90)
    with time_machine.travel(way.start + minutes(95), tick=False):
        safety.clear(way.trip, reason="Sudah bicara langsung.", by=way.manajer, times=TIMES)
        db.session.commit()
    way.arrive(way.presses("arrived", 0), after=120, newest=0)
    assert (way.trip.state, way.trip.due_at, len(checkpoints.signs_of(way.trip))) == (State.SAFE, None, 1)
    way.time_goes(300)
    assert not way.trip.in_emergency


def test_signs_of_two_trips_in_one_letter_go_to_each_its_own(way):
    other = Way(way.settings, way.start)
    way.people |= other.people
    way.arrive(way.presses("arrived", 0), other.presses("departed", 5), after=20, newest=5)
    assert (way.trip.state, other.trip.state) == (State.ARRIVED, State.DEPARTED)


def test_of_a_phone_that_was_set_back_on_the_way_the_newest_is_taken_as_the_newest(way):
    """Its clock went from noon to morning: no sign may come out as older than it could be, or from tomorrow."""
    way.arrive(way.presses("departed", 180), way.presses("arrived", -60), after=60, newest=60)
    found = {sign.kind.value: sign.happened_at for sign in checkpoints.signs_of(way.trip)}
    assert found["departed"] == way.start + HOUR
    assert way.start - timedelta(days=7) <= found["arrived"] <= way.start + HOUR
    assert way.trip.state is State.ARRIVED


def test_bytes_of_a_stranger_are_no_letter(way):
    for body in (b"", b"\0\0\0\1x", together(b"not a letter"), together(way.presses("departed", 0))[:-1]):
        with pytest.raises(NotALetter):
            signs.hand_in(body, "0", times=TIMES)
