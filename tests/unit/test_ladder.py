"""Nobody is left alone with "danger now": who is called, when, and how it ends. All by a clock that a test moves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select

from pwa import clock, db, ladder, oncall, overdue, pulse, push
from pwa.ladder import Call, Cause, Ring, Step
from pwa.levels import Level
from pwa.oncall import Line
from pwa.push import Alert, Subject
from pwa.reports import Report
from pwa.settings import LADDER, LADDER_LATE
from tests.factories import a_report, an_account, on_call
from tests.house import open_rings

pytestmark = pytest.mark.usefixtures("database")
TEN = "2026-11-25 10:00Z"


@pytest.fixture(autouse=True)
def _a_deliverer_lives(database):
    pulse.beat(pulse.DELIVERER)
    db.session.commit()


def climb() -> None:
    ladder.climb(LADDER, LADDER_LATE)


def woken(subject: Subject = Subject.DANGER_NOW) -> list[UUID]:
    """Who was called since this was asked last."""
    alerts = db.session.scalars(
        select(Alert).where(Alert.subject == subject, Alert.state == push.State.PROMISED)
    ).all()
    for alert in alerts:
        alert.state = push.State.ADDRESSED
    db.session.commit()
    return [alert.to_id for alert in alerts]


def danger(settings) -> Report:
    return a_report(settings, danger="yes", story="x")


def rings() -> list[Ring]:
    db.session.expire_all()
    return list(db.session.scalars(select(Ring).order_by(Ring.opened_at)))


def test_danger_climbs_from_those_on_call_to_the_head_of_the_office(settings):
    with time_machine.travel(TEN, tick=False) as now:
        first, also_first, second, third = (an_account() for _ in range(4))
        manajer, head = an_account("manajer"), an_account("manajer")
        head.disable()
        head.enable()
        for person, line in (
            (first, Line.FIRST),
            (also_first, Line.FIRST),
            (second, Line.SECOND),
            (third, Line.SECOND),
        ):
            on_call(person, line)
            now.shift(timedelta(seconds=1))
        on_call(head, Line.HEAD)
        start = clock.now()
        danger(settings)
        steps = {
            0: {first.id, also_first.id},
            60: {first.id, also_first.id, second.id},
            180: {first.id, also_first.id},
            300: {second.id, third.id},
            600: {manajer.id, head.id},
            900: {manajer.id, head.id},
        }
        for seconds, people in steps.items():
            now.move_to(start + timedelta(seconds=max(seconds - 1, 0)))
            if seconds:
                climb()
                assert woken() == [], f"too early, before {seconds}"
            now.move_to(start + timedelta(seconds=seconds))
            climb()
            called = woken()
            assert set(called) == people, seconds
            assert len(called) == len(people), "nobody is called twice at once"
        assert ladder.unheard()
        now.shift(timedelta(minutes=15))
        climb()
        assert woken(), "it goes on until somebody comes"


def test_with_nobody_on_call_it_starts_at_the_manajer(settings):
    with time_machine.travel(TEN, tick=False) as now:
        an_account("penerima")
        manajer = an_account("manajer")
        danger(settings)
        climb()
        assert woken() == [manajer.id]
        assert Step(rings()[0].step) is Step.MANAJER
        now.shift(LADDER[Step.HEAD] - LADDER[Step.MANAJER])
        climb()
        assert woken() == [manajer.id]
        assert ladder.unheard()


def test_a_deliverer_that_was_away_catches_up_with_every_step_it_missed(settings):
    with time_machine.travel(TEN, tick=False) as now:
        first, manajer = an_account(), an_account("manajer")
        on_call(first)
        danger(settings)
        climb()
        woken()
        now.shift(timedelta(minutes=20))
        climb()
        assert set(woken()) == {first.id, manajer.id}


def test_one_who_takes_it_ends_it_for_all(settings):
    with time_machine.travel(TEN, tick=False) as now:
        first, other = an_account(), an_account()
        on_call(first)
        on_call(other)
        danger(settings)
        climb()
        (ring,) = rings()
        assert ladder.take(ring.id, by=first.id)
        assert not ladder.take(ring.id, by=other.id)
        db.session.commit()
        assert woken() == [], "what had not left yet stays here"
        now.shift(timedelta(hours=1))
        climb()
        assert woken() == []
        assert rings()[0].taken_by_id == first.id


def test_twenty_who_take_it_at_once_are_one_winner(settings):
    people = [an_account().id for _ in range(20)]
    danger(settings)
    climb()
    (ring,) = rings()
    id = ring.id
    db.session.remove()

    def take(person):
        try:
            won = ladder.take(id, by=person)
            db.session.commit()
            return won
        finally:
            db.session.remove()

    with ThreadPoolExecutor(20) as racers:
        won = list(racers.map(take, people))
    assert won.count(True) == 1
    assert rings()[0].taken_by_id == people[won.index(True)]


def test_a_thousand_at_once_are_one_ring_one_noise_and_nothing_is_dropped(settings):
    with time_machine.travel(TEN, tick=False) as now:
        first = an_account()
        on_call(first)
        report = danger(settings)
        for number in range(999):
            ladder.call(report.id, Cause.DANGER, due_at=clock.now() + timedelta(microseconds=number + 1))
            if number % 100 == 0:
                db.session.commit()
                climb()
        db.session.commit()
        climb()
        (ring,) = rings()
        assert woken() == [first.id]
        assert len(ladder.calls_of([ring])) == 1000
        now.shift(ladder.QUIET)
        climb()
        assert set(woken()) == {first.id}
        assert db.session.scalar(select(func.count()).where(Call.ring_id.is_(None))) == 0


def test_a_newcomer_after_the_quiet_minute_rings_again_for_those_already_called(settings):
    with time_machine.travel(TEN, tick=False) as now:
        first = an_account()
        on_call(first)
        danger(settings)
        climb()
        now.shift(timedelta(seconds=181))
        climb()
        assert set(woken()) == {first.id}
        danger(settings)
        climb()
        assert woken() == [], "within the quiet minute"
        now.shift(timedelta(seconds=60))
        climb()
        assert woken() == [first.id]
        assert Step(rings()[0].step) is Step.CHANNEL


def test_after_it_was_taken_the_next_one_rings_anew(settings):
    first = an_account()
    on_call(first)
    danger(settings)
    climb()
    assert ladder.take(rings()[0].id, by=first.id)
    db.session.commit()
    woken()
    danger(settings)
    climb()
    assert len(rings()) == 2
    assert woken() == [first.id]


def test_danger_told_later_under_a_known_number_rings_too(settings):
    from pwa import receipts, telling
    from pwa.keys import sealing_key

    number = receipts.new_number()
    report = a_report(settings, number, story="x")
    sealer = telling.Sealer(sealing_key(settings.key_dir), settings.receipt_rounds)
    assert db.session.scalar(select(func.count()).select_from(Call)) == 0
    from pwa import reports

    reports.bring_forward(receipts.find(sealer.stretch(number).lookup), danger=True)
    db.session.commit()
    assert db.session.scalars(select(Call)).one().report_id == report.id


def test_the_same_report_received_twice_calls_once(settings):
    from uuid import uuid4

    from pwa import keys, receipts, telling

    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    id, number = uuid4(), receipts.new_number()
    for _ in range(2):
        sealer.tell(id, {"danger": "yes"}, number, language="id", body_key=b"k")
        db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1


def test_an_ordinary_report_calls_whoever_is_on_call_and_rings_nothing(settings):
    a_report(settings, story="x")
    climb()
    assert rings() == []
    assert [alert.to_id for alert in db.session.scalars(select(Alert))] == [None]


@pytest.mark.each_kind
@pytest.mark.parametrize(
    ("level", "contacted", "after", "cause"),
    [
        (None, False, timedelta(hours=24, seconds=1), Cause.TRIAGE),
        (Level.TINGGI, False, timedelta(hours=1, seconds=1), Cause.FIRST_CONTACT),
        (Level.SEDANG, False, timedelta(hours=24, seconds=1), Cause.FIRST_CONTACT),
    ],
)
def test_every_missed_clock_rings_once_and_ends_when_it_was_answered_by_doing(
    settings, level, contacted, after, cause
):
    from pwa import handling

    with time_machine.travel(TEN, tick=False) as now:
        officer, manajer = an_account(), an_account("manajer")
        report = a_report(settings, story="x")
        if level:
            weighed = dict.fromkeys(("worse", "near"), "yes")
            handling.open_(report, ())
            handling.weigh(report, weighed, suggested=level, level=level, reason="", by=officer)
            db.session.commit()
        now.shift(after)
        on_call(officer)
        for _ in range(3):
            overdue.look()
            db.session.commit()
        climb()
        called = db.session.scalars(select(Call)).all()
        assert cause in {call.cause for call in called}
        assert len({(call.cause, call.due_at) for call in called}) == len(called)
        assert set(woken(Subject.MISSED_CLOCK)) == {officer.id}
        assert woken(Subject.DANGER_NOW) == []
        now.shift(LADDER_LATE[Step.MANAJER])
        climb()
        assert manajer.id in woken(Subject.MISSED_CLOCK)
        report = db.session.get(Report, report.id)
        if report.level is None:
            handling.open_(report, ())
            weighed = dict.fromkeys(("worse", "near"), "yes")
            handling.weigh(report, weighed, suggested=Level.SEDANG, level=Level.SEDANG, reason="", by=officer)
        report.contacted_at = clock.now()
        db.session.commit()
        overdue.look()
        db.session.commit()
        assert open_rings() == []


def test_a_shift_has_a_beginning_an_end_and_one_person_once():
    person = an_account()
    now = clock.now()
    hour = timedelta(hours=1)
    for start, end in (
        (now, now),
        (now, now - hour),
        (now - 3 * hour, now - hour),
        (now, now + 25 * hour),
        (now + timedelta(days=90), now + timedelta(days=90, hours=1)),
    ):
        with pytest.raises(oncall.BadSpan):
            oncall.put(person.id, line=Line.FIRST, starts_at=start, ends_at=end, by=person.id)
    oncall.put(person.id, line=Line.FIRST, starts_at=now, ends_at=now + 8 * hour, by=person.id)
    db.session.flush()
    with pytest.raises(oncall.Twice):
        oncall.put(person.id, line=Line.SECOND, starts_at=now + hour, ends_at=now + 9 * hour, by=person.id)
    oncall.put(person.id, line=Line.SECOND, starts_at=now + 8 * hour, ends_at=now + 9 * hour, by=person.id)


def test_a_shift_over_midnight_and_over_the_years_end_ends_when_it_says():
    person = an_account()
    with time_machine.travel("2026-12-31 15:00Z", tick=False) as now:  # ten in the evening in Serang
        oncall.start(person, timedelta(hours=8))
        db.session.commit()
        now.move_to("2026-12-31 22:59:59Z")
        assert oncall.now(Line.FIRST) == [person.id]
        now.move_to("2026-12-31 23:00:00Z")
        assert oncall.now() == []


def test_who_has_left_the_house_is_not_on_call():
    person = an_account()
    on_call(person)
    person.disable()
    db.session.commit()
    assert oncall.now() == []
