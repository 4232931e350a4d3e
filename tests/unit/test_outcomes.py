"""How a visit ends: one way, with a next step that begins at once, or with a reason."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from pwa import appointments, clock, db, outcomes, tasks, visits
from pwa.appointments import Crew, Slot
from pwa.outcomes import DateNeeded, Decided, Ending, Next, NotEnded
from pwa.visits import State, Visit
from tests.factories import a_visit, an_account

START = datetime(2026, 11, 30, 9, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)
LATER = date(2026, 12, 14)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(START - timedelta(days=2), tick=False) as moved:
        yield moved


@pytest.fixture
def konselor(office):
    return an_account("konselor")


def confirmed(office, konselor, place: str) -> Visit:
    visit = a_visit(office, meeting=place)
    appointments.offer(visit, Slot(START, START + HOUR), Crew(konselor.id), by=konselor)
    appointments.confirm(visit, at=clock.now())
    db.session.commit()
    return visit


def finished(office, konselor) -> Visit:
    visit = confirmed(office, konselor, "home")
    visits.move(visit, State.FINISHED, by=konselor)
    return visit


@pytest.mark.parametrize("place", ["home", "neutral", "school"])
def test_where_somebody_travels_only_her_signs_say_that_it_is_over(office, konselor, now, place):
    visit = confirmed(office, konselor, place)
    now.move_to(START + HOUR)
    with pytest.raises(NotEnded):
        outcomes.close(visit, Ending(Next.NONE, words="cukup"), by=konselor)


@pytest.mark.parametrize("place", ["office", "phone"])
def test_where_nobody_travels_the_agreed_time_says_so(office, konselor, now, place):
    visit = confirmed(office, konselor, place)
    with pytest.raises(NotEnded):
        outcomes.close(visit, Ending(Next.NONE, words="cukup"), by=konselor)
    now.move_to(START)
    outcomes.close(visit, Ending(Next.NONE, words="cukup", met=False), by=konselor)
    assert visit.state is State.NOT_MET


@pytest.mark.parametrize(("ending", "missing"), [
    (Ending(Next.NONE), visits.ReasonNeeded), (Ending(Next.NONE, words=" "), visits.ReasonNeeded),
    (Ending(Next.VISIT, LATER), visits.ReasonNeeded), (Ending(Next.VISIT, words="sekolah"), DateNeeded),
    (Ending(Next.CONTACT), DateNeeded), (Ending(Next.REFERRAL, words="puskesmas"), DateNeeded),
])  # fmt: skip
def test_nothing_ends_without_a_reason_and_nothing_goes_on_without_a_day(office, konselor, ending, missing):
    visit = finished(office, konselor)
    with pytest.raises(missing):
        outcomes.close(visit, ending, by=konselor)
    assert visit.decided_at is None


def test_another_visit_is_offered_two_days_before_it_is_wanted(office, konselor):
    visit = finished(office, konselor)
    outcomes.close(visit, Ending(Next.VISIT, LATER, "sekolah"), by=konselor)
    db.session.flush()
    following = db.session.query(Visit).filter_by(series_id=visit.id).one()
    assert (following.goal, following.counsellor_id) == ("sekolah", konselor.id)
    assert following.due_at == datetime(2026, 12, 12, 8, tzinfo=clock.JAKARTA)


def test_a_contact_waits_for_its_day(office, konselor):
    visit = finished(office, konselor)
    outcomes.close(visit, Ending(Next.CONTACT, LATER), by=konselor)
    db.session.flush()
    (task,) = tasks.open_of(visit)
    assert clock.day_of(task.due_at - timedelta(seconds=1)) == LATER


def test_it_is_decided_once_and_what_was_written_can_be_put_right(office, konselor):
    visit = finished(office, konselor)
    outcomes.close(visit, Ending(Next.REFERRAL, LATER, agreed="Ke puskesmas.", notes="x"), by=konselor)
    db.session.commit()
    with pytest.raises(Decided):
        outcomes.close(visit, Ending(Next.NONE, words="cukup"), by=konselor)
    outcomes.correct(visit, agreed="Ke puskesmas.", notes="Tenang.")
    db.session.commit()
    db.session.expire_all()
    kept = outcomes.find(visit.id)
    assert (kept.next, kept.next_day, kept.agreed, kept.notes) == (
        Next.REFERRAL,
        LATER,
        "Ke puskesmas.",
        "Tenang.",
    )
