"""The clocks beside a report, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from pwa import clock, clocks
from pwa.clocks import Name
from pwa.levels import Level
from pwa.reports import Report, State

FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)  # ten in the morning in Serang


def a_report(**parts) -> Report:
    defaults = {"received_at": FRIDAY, "state": State.RECEIVED, "due_at": FRIDAY + timedelta(hours=24)}
    return Report(**defaults | parts)


def names(report: Report) -> list[Name]:
    return [each.name for each in clocks.running(report)]


@pytest.mark.parametrize(
    ("level", "due"),
    [
        (Level.DARURAT, FRIDAY),
        (Level.TINGGI, FRIDAY + timedelta(hours=1)),
        (Level.SEDANG, FRIDAY + timedelta(hours=24)),
        (None, FRIDAY + timedelta(hours=24)),
        (Level.RENDAH, datetime(2026, 11, 25, 16, tzinfo=clock.JAKARTA)),
    ],
)
def test_the_graver_it_is_the_sooner_somebody_must_be_reached(level, due):
    assert clocks.first_contact_due(a_report(level=level)) == due


def test_what_the_answers_suggest_counts_until_a_person_sets_the_level():
    assert clocks.first_contact_due(a_report(suggested=Level.DARURAT)) == FRIDAY
    report = a_report(suggested=Level.DARURAT, level=Level.SEDANG)
    assert clocks.first_contact_due(report) == FRIDAY + timedelta(hours=24)


def test_a_new_report_owes_triage_and_contact():
    assert names(a_report()) == [Name.TRIAGE, Name.FIRST_CONTACT]
    assert names(a_report(state=State.TRIAGED)) == [Name.FIRST_CONTACT]
    assert names(a_report(state=State.TRIAGED, contacted_at=FRIDAY)) == []


def test_while_waiting_only_the_agreed_day_hurries():
    day = FRIDAY + timedelta(days=5)
    assert names(a_report(state=State.WAITING, next_at=day)) == [Name.NEXT]
    assert clocks.duty_due(a_report(state=State.WAITING, next_at=day)) == day


@pytest.mark.parametrize("state", [State.CLOSED, State.SPAM, State.MERGED, State.HANDED_OVER])
def test_no_clock_runs_for_what_has_gone(state):
    assert clocks.running(a_report(state=state, about_sexual=True, happened_on=FRIDAY)) == []


def test_sexual_violence_starts_the_health_and_the_police_clock():
    report = a_report(state=State.TRIAGED, contacted_at=FRIDAY, about_sexual=True, happened_on=FRIDAY)
    due = {each.name: each.due_at - FRIDAY for each in clocks.running(report)}
    assert due == {
        Name.HEALTH_72: timedelta(hours=72),
        Name.HEALTH_120: timedelta(hours=120),
        Name.POLICE: timedelta(hours=72),
    }
    report.happened_on = None
    assert names(report) == [Name.POLICE]


def test_a_list_shows_a_late_duty_but_no_window_that_has_closed():
    report = a_report(state=State.TRIAGED, about_sexual=True, happened_on=FRIDAY - timedelta(days=30))
    with time_machine.travel(FRIDAY + timedelta(hours=30), tick=False):
        assert clocks.soonest(report).name is Name.FIRST_CONTACT
        assert clocks.soonest(report).late
        report.contacted_at = clock.now()
        assert clocks.soonest(report).name is Name.POLICE
    with time_machine.travel(FRIDAY + timedelta(hours=80), tick=False):
        assert clocks.soonest(report) is None


def test_what_was_opened_again_owes_triage_from_that_moment():
    again = FRIDAY + timedelta(days=9)
    report = a_report(state=State.REOPENED, due_at=again, contacted_at=FRIDAY)
    assert [(each.name, each.due_at) for each in clocks.running(report)] == [(Name.TRIAGE, again)]
