"""Contact planned with somebody who agreed: when it may be tried, how it goes on, and how it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from pwa import access, clock, conflicts, db, outreach, spam, unpacking
from pwa.contact import SafeContact
from pwa.handling import ReasonNeeded, WrongStage
from pwa.outreach import (
    Agreement,
    AlreadyPlanned,
    Ended,
    NeverCalled,
    NoSafeHours,
    Outreach,
    OutreachTry,
    Stage,
)
from pwa.reaching import NotNow
from pwa.reports import State
from tests.factories import a_report, an_account

MONDAY_TEN = datetime(2026, 11, 23, 3, tzinfo=UTC)  # in Serang it is ten in the morning
NEXT_MONDAY, NEXT_TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
MONDAY_MORNINGS = SafeContact.of(
    {"way": "phone", "number": "0812 3456 7890", "days": ["mon"], "hours": ["morning"]}
)


@pytest.fixture
def penerima(office):
    return an_account()


@pytest.fixture
def report(office):
    report = a_report(office, story="dia memukul")
    unpacking.unpack_arrived()
    return report


@pytest.fixture
def monday_ten():
    with time_machine.travel(MONDAY_TEN, tick=False) as hands:
        yield hands


@pytest.fixture
def planned(report, penerima, monday_ten):
    return plan(report, penerima)


def plan(report, by, contact=MONDAY_MORNINGS, day=NEXT_MONDAY, who=""):
    made = outreach.plan(
        report, contact, who, agreement=Agreement.BY_PHONE, agreed_on=clock.now(), purpose="how she is", day=day, by=by
    )  # fmt: skip
    db.session.flush()
    return made


def tried(planned, report, by, contact=MONDAY_MORNINGS, reached=False, day=None, ending=""):
    outreach.tried(planned, report, contact, reached=reached, note="", day=day, ending=ending, by=by)
    db.session.flush()


def how_many(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_it_is_due_when_her_safe_hours_of_that_day_begin(planned):
    assert planned.due_at == datetime(2026, 11, 30, 6, tzinfo=clock.JAKARTA)
    assert (planned.stage, planned.is_late) == (Stage.PLANNED, False)
    with time_machine.travel(MONDAY_TEN + timedelta(days=7), tick=False):
        assert planned.is_late


def test_a_day_without_safe_hours_is_no_day_to_plan(report, penerima, monday_ten):
    with pytest.raises(NoSafeHours):
        plan(report, penerima, day=NEXT_TUESDAY)


@pytest.mark.parametrize("told", [{"way": "never"}, {"way": "here"}, {"way": "phone"}])
def test_nothing_is_planned_with_somebody_who_may_not_be_called(report, penerima, monday_ten, told):
    with pytest.raises(NeverCalled):
        plan(report, penerima, SafeContact.of(told))


def test_nothing_is_planned_with_somebody_who_does_not_know_of_the_report(report, penerima, monday_ten):
    hers = SafeContact.of({"her_way": "phone", "her_number": "0812 3456 7890", "knows": "no"}, "her_")
    with pytest.raises(NeverCalled):
        plan(report, penerima, hers, who="her_")


def test_it_may_be_planned_outside_her_hours_but_not_tried_then(report, penerima, planned, monday_ten):
    monday_ten.shift(timedelta(hours=2))
    with pytest.raises(NotNow):
        tried(planned, report, penerima, day=NEXT_MONDAY)
    assert how_many(OutreachTry) == 0


def test_one_contact_with_one_person_runs_at_a_time(report, penerima, planned):
    with pytest.raises(AlreadyPlanned):
        plan(report, penerima)
    plan(report, penerima, who="her_")
    outreach.end(planned, reason="done")
    db.session.flush()
    plan(report, penerima)


@pytest.mark.parametrize("state", [State.SPAM, State.MERGED])
def test_what_is_hidden_or_goes_on_elsewhere_gets_no_plan(report, penerima, monday_ten, state):
    report.state = state
    with pytest.raises(WrongStage):
        plan(report, penerima)


@pytest.mark.parametrize("state", [State.CLOSED, State.HANDED_OVER, State.TRIAGED])
def test_she_may_be_greeted_after_everything_else_has_ended(report, penerima, monday_ten, state):
    report.state = state
    assert plan(report, penerima).stage is Stage.PLANNED


@pytest.mark.parametrize(("reached", "stage"), [(True, Stage.REACHED), (False, Stage.NOT_REACHED)])
def test_a_try_leads_to_the_next_day(report, penerima, planned, reached, stage):
    tried(planned, report, penerima, reached=reached, day=NEXT_MONDAY + timedelta(days=7))
    assert (planned.stage, planned.due_at.astimezone(clock.JAKARTA).date()) == (stage, date(2026, 12, 7))
    assert (report.contacted_at is not None) is reached


def test_a_try_without_a_next_day_says_why_it_ends(report, penerima, planned):
    with pytest.raises(ReasonNeeded):
        tried(planned, report, penerima, reached=True)
    db.session.rollback()


def test_with_a_reason_it_has_ended_and_nobody_tries_again(report, penerima, planned, monday_ten):
    tried(planned, report, penerima, reached=True, ending="she is safe")
    assert (planned.stage, planned.ending, planned.ended_at) == (Stage.DONE, "she is safe", clock.now())
    monday_ten.shift(timedelta(minutes=2))
    with pytest.raises(Ended):
        tried(planned, report, penerima, reached=True, day=NEXT_MONDAY)
    with pytest.raises(Ended):
        outreach.end(planned, reason="again")


def test_a_double_tap_is_one_try(report, penerima, planned):
    for _ in range(3):
        tried(planned, report, penerima, reached=True, ending="she is safe")
    assert how_many(OutreachTry) == 1


def test_it_ends_without_a_try_when_she_no_longer_wants_it(planned):
    with pytest.raises(ReasonNeeded):
        outreach.end(planned, reason=" ")
    outreach.end(planned, reason="she asked to stop")
    assert planned.stage is Stage.DONE


def test_the_list_begins_with_what_is_due_first_and_comes_in_pages(office, penerima, monday_ten, monkeypatch):
    monkeypatch.setattr(outreach, "PAGE", 2)
    for weeks in (3, 1, 2):
        report = a_report(office, story="dia")
        plan(report, penerima, day=NEXT_MONDAY + timedelta(weeks=weeks))
    mine = access.outreach_for(penerima)
    first = outreach.page(mine, done=False)
    then = outreach.page(mine, done=False, after=first.after)
    days = [row.due_at.astimezone(clock.JAKARTA).day for row, _ in (*first.rows, *then.rows)]
    assert days == [7, 14, 21]
    assert then.after is None
    assert outreach.page(mine, done=True).rows == []


def test_what_has_ended_is_listed_apart(report, penerima, planned):
    outreach.end(planned, reason="done")
    db.session.flush()
    assert outreach.page(access.outreach_for(penerima), done=False).rows == []
    assert [row for row, _ in outreach.page(access.outreach_for(penerima), done=True).rows] == [planned]


def test_whoever_the_report_is_hidden_from_sees_no_plan_either(report, penerima, planned):
    other, admin = an_account(role="manajer"), an_account(role="admin")
    conflicts.keep(report.id, penerima.id)
    assert access.find_outreach(penerima, planned.id) is None
    assert outreach.page(access.outreach_for(penerima), done=False).rows == []
    assert access.find_outreach(other, planned.id) == (planned, report)
    assert access.find_outreach(admin, planned.id) is None


def test_what_two_people_called_spam_goes_with_its_plans(report, penerima, planned, monday_ten):
    tried(planned, report, penerima, day=NEXT_MONDAY)
    report.state = State.TRIAGED
    spam.call(report, reason="iklan", by=penerima)
    spam.confirm(report, by=an_account())
    db.session.commit()
    monday_ten.shift(timedelta(days=31))
    assert spam.purge() == 1
    assert (how_many(Outreach), how_many(OutreachTry)) == (0, 0)
