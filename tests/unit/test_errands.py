"""A kader sees that it arrived and what is asked of her, and nothing of what concerns herself."""

from datetime import timedelta

import pytest
import time_machine

from pwa import conflicts, db, errands, kaders
from pwa.errands import Consent, Light
from pwa.kaders import Area
from pwa.reports import State
from tests.factories import a_ready_kader, a_report, an_account

ELSEWHERE = Area("36.73.01.1002", "001/001")


@pytest.fixture
def now():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as traveller:
        yield traveller


def a_kader():
    return a_ready_kader(an_account("kader").id)


def carried(office, kader, *, close=False, **told):
    report = a_report(office, story="x", **told)
    errands.note(report, kader, consent=Consent.SPOKEN, close=close)
    db.session.commit()
    return report


def lights(kader) -> list[Light]:
    return [line.light for line in errands.of(kader)]


def test_what_she_carried_is_received_then_perhaps_asks_for_a_call_then_is_done(office):
    kader = a_kader()
    report = carried(office, kader)
    assert lights(kader) == [Light.RECEIVED]
    assert errands.ask_to_call(report)
    db.session.commit()
    assert lights(kader) == [Light.CALL]
    report.state = State.CLOSED
    db.session.commit()
    assert lights(kader) == [Light.DONE]


def test_another_kader_sees_nothing_of_it(office):
    carried(office, a_kader())
    assert lights(a_kader()) == []


def test_nobody_is_asked_to_call_about_what_no_kader_carried(office):
    assert not errands.ask_to_call(a_report(office, story="x"))


def test_after_a_move_the_old_areas_list_is_gone_and_the_office_keeps_it(office, now):
    kader = a_kader()
    report = carried(office, kader)
    now.shift(timedelta(hours=1))
    kader.move(ELSEWHERE)
    db.session.commit()
    assert lights(kader) == []
    assert db.session.get(errands.Errand, report.id).rt_rw == "003/002", "where it happened stays as it was"
    carried(office, kader)
    assert lights(kader) == [Light.RECEIVED]


def test_what_is_about_her_own_family_is_not_hers_and_each_manajer_is_called(office):
    manajer = an_account("manajer")
    kader = a_kader()
    report = carried(office, kader, close=True)
    assert lights(kader) == []
    assert [each.account_id for each in db.session.scalars(conflicts.of(report))] == [kader.account_id]
    from pwa.push import Alert

    assert manajer.id in {alert.to_id for alert in db.session.query(Alert)}


def test_what_turns_out_to_name_her_leaves_her_list(office):
    kader = a_kader()
    report = carried(office, kader)
    conflicts.keep(report.id, kader.account_id)
    db.session.commit()
    assert lights(kader) == []


def test_noting_it_twice_changes_nothing(office):
    kader, other = a_kader(), a_kader()
    report = carried(office, kader)
    errands.note(report, other, consent=Consent.TOUCH, close=True)
    db.session.commit()
    assert lights(kader) == [Light.RECEIVED]
    assert kaders.find(an_account("kader")) is None
