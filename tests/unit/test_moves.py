"""Another time for what was agreed: only the other side says yes, and the old time stands until then."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from pwa import answers, appointments, clock, db, diary, moves, rechecks, tasks
from pwa.appointments import Late, TooSoon
from pwa.diary import Booking, Taken
from pwa.levels import Level
from pwa.moves import ContactFirst, OneAtATime, OwnProposal, RecheckFirst, Stand
from pwa.push import Alert, Subject
from pwa.visits import ManajerOnly, ReasonNeeded, State, Visit, WrongState
from tests.factories import a_visit, an_account
from tests.unit.test_visits import MONDAY, a_slot, confirmed, offered, quarters


@pytest.fixture(autouse=True)
def _on_a_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def konselor(office):
    return an_account("konselor")


@pytest.fixture
def manajer(office):
    return an_account("manajer")


@pytest.fixture
def visit(office, konselor) -> Visit:
    return confirmed(a_visit(office), konselor)


@pytest.fixture
def grave(office, konselor) -> Visit:
    return confirmed(a_visit(office, two="yes"), konselor, partner=an_account("konselor"))


def booked_from(visit: Visit):
    first = db.session.scalars(select(Booking.quarter).where(Booking.visit_id == visit.id)).all()
    return diary.start_of(min(first)) + visit.travel


def test_her_proposal_leaves_the_old_time_until_the_office_agrees(visit, konselor):
    old, new = visit.start_at, a_slot(days=4)
    row = moves.propose_by_her(visit, new)
    assert (visit.start_at, booked_from(visit)) == (old, old)
    moves.accept(row, visit, by=konselor)
    db.session.flush()
    assert (row.stand, visit.start_at, booked_from(visit)) == (Stand.ACCEPTED, new.start, new.start)
    assert quarters(visit) == 8
    newest = db.session.get(answers.Answer, visit.answer_id)
    assert "Jumat, 27 November 2026 pukul 10.00 WIB" in newest.said


def test_the_offices_proposal_waits_for_her_yes(visit, konselor):
    old, new = visit.start_at, a_slot(days=4)
    row = moves.propose(visit, new, reason="rapat", by=konselor)
    assert booked_from(visit) == old
    moves.accept(row, visit, by=None)
    db.session.flush()
    assert (visit.answer_id, booked_from(visit)) == (row.answer_id, new.start)


def test_reminders_move_with_the_visit(visit, konselor):
    moves.accept(moves.propose_by_her(visit, a_slot(days=4)), visit, by=konselor)
    db.session.flush()
    query = select(Alert.due_at).where(Alert.subject == Subject.VISIT_REMINDER, Alert.state == "promised")
    due = db.session.scalars(query.where(Alert.to_id == konselor.id).order_by(Alert.due_at)).all()
    assert due == [visit.start_at - timedelta(days=1), visit.start_at - timedelta(hours=2)]


def test_nobody_accepts_or_refuses_their_own_proposal(visit, konselor, manajer):
    row = moves.propose_by_her(visit, a_slot(days=4))
    for verb in (moves.accept, moves.refuse):
        with pytest.raises(OwnProposal):
            verb(row, visit, by=None)
    moves.withdraw(row, visit, by=None)
    row = moves.propose(visit, a_slot(days=4), reason="rapat", by=konselor)
    for verb in (moves.accept, moves.refuse):
        with pytest.raises(OwnProposal):
            verb(row, visit, by=manajer)
    assert row.stand is Stand.WAITING


def test_only_the_side_that_proposed_takes_it_back(visit, konselor):
    row = moves.propose_by_her(visit, a_slot(days=4))
    with pytest.raises(WrongState):
        moves.withdraw(row, visit, by=konselor)
    moves.withdraw(row, visit, by=None)
    with pytest.raises(WrongState):
        moves.withdraw(row, visit, by=None)
    assert row.stand is Stand.WITHDRAWN


def test_one_proposal_at_a_time(visit, konselor):
    moves.propose_by_her(visit, a_slot(days=4))
    with pytest.raises(OneAtATime):
        moves.propose_by_her(visit, a_slot(days=5))
    with pytest.raises(OneAtATime):
        moves.propose(visit, a_slot(days=5), reason="rapat", by=konselor)


def test_a_new_time_that_was_taken_meanwhile_leaves_the_old_one(office, visit, konselor):
    old, new = visit.start_at, a_slot(days=4)
    row = moves.propose_by_her(visit, new)
    offered(a_visit(office), konselor, new)
    with pytest.raises(Taken):
        moves.accept(row, visit, by=konselor)
    assert (row.stand, visit.start_at, booked_from(visit), quarters(visit)) == (Stand.WAITING, old, old, 8)


def test_what_nobody_answers_lapses_and_the_old_time_stands(visit, konselor):
    row = moves.propose(visit, a_slot(days=4), reason="rapat", by=konselor)
    with time_machine.travel(row.lapses_at + timedelta(seconds=1)):
        with pytest.raises(Late):
            moves.accept(row, visit, by=None)
        assert moves.lapse_due() == 1
        assert moves.lapse_due() == 0
    assert (row.stand, visit.state) == (Stand.LAPSED, State.CONFIRMED)


def test_a_refused_proposal_changes_nothing(visit, konselor):
    old = visit.start_at
    row = moves.propose(visit, a_slot(days=4), reason="rapat", by=konselor)
    moves.refuse(row, visit, by=None)
    assert (row.stand, visit.start_at, booked_from(visit)) == (Stand.REFUSED, old, old)
    with pytest.raises(WrongState):
        moves.accept(row, visit, by=None)


def test_the_office_says_why_and_never_proposes_the_past(visit, konselor):
    with pytest.raises(ReasonNeeded):
        moves.propose(visit, a_slot(days=4), reason=" ", by=konselor)
    for days in (-1, 0):
        with pytest.raises(TooSoon):
            moves.propose(visit, a_slot(days=days), reason="rapat", by=konselor)
        with pytest.raises(TooSoon):
            moves.propose_by_her(visit, a_slot(days=days))


def test_a_third_change_by_the_office_is_the_manajers(visit, konselor, manajer):
    for _ in range(2):
        moves.withdraw(moves.propose(visit, a_slot(days=4), reason="rapat", by=konselor), visit, by=konselor)
    with pytest.raises(ManajerOnly):
        moves.propose(visit, a_slot(days=4), reason="rapat", by=konselor)
    assert moves.propose(visit, a_slot(days=4), reason="rapat", by=manajer)


@pytest.mark.parametrize("state", [state for state in State if state is not State.CONFIRMED])
def test_only_what_is_confirmed_is_moved(visit, konselor, state):
    row = moves.propose_by_her(visit, a_slot(days=4))
    visit.state = state
    with pytest.raises(WrongState):
        moves.accept(row, visit, by=konselor)
    with pytest.raises(WrongState):
        moves.propose(visit, a_slot(days=4), reason="rapat", by=konselor)


def test_moving_a_grave_visit_takes_all_three(grave, konselor, manajer):
    slot = a_slot(days=4)

    def propose(by):
        return moves.propose(grave, slot, reason="rapat", by=by)

    with pytest.raises(ManajerOnly):
        propose(konselor)
    with pytest.raises(RecheckFirst):
        propose(manajer)
    rechecks.recheck(grave, {"two": "yes"}, level=Level.TINGGI, reason="", by=manajer)
    db.session.flush()
    with pytest.raises(ContactFirst):
        propose(manajer)
    tasks.done(tasks.set_contact(grave), tasks.Outcome.HERS, by=konselor)
    db.session.flush()
    with time_machine.travel(MONDAY + timedelta(days=1)), pytest.raises(RecheckFirst):
        propose(manajer)  # yesterday's look is not today's
    assert propose(manajer).stand is Stand.WAITING


def test_at_high_risk_her_proposal_is_agreed_to_only_after_she_was_reached(grave, konselor):
    row = moves.propose_by_her(grave, a_slot(days=4))
    task = tasks.set_(tasks.Kind.SAFE_CONTACT, grave)
    assert task.due_at == clock.end_of_day(clock.now())
    db.session.flush()
    with pytest.raises(ContactFirst):
        moves.accept(row, grave, by=konselor)
    tasks.done(task, tasks.Outcome.HERS, by=konselor)
    db.session.flush()
    moves.accept(row, grave, by=konselor)
    assert row.stand is Stand.ACCEPTED


@pytest.mark.parametrize(
    ("answers_", "level"),
    [({}, Level.SEDANG), ({"reachable": "no"}, Level.SEDANG), ({"weapons": "unknown"}, Level.SEDANG),
     ({"weapons": "yes"}, Level.TINGGI), ({"returns": "yes"}, Level.TINGGI)],
    ids=str,
)  # fmt: skip
def test_the_six_questions_only_suggest(answers_, level):
    assert rechecks.suggest(answers_) is level


def test_setting_it_lower_takes_a_reason(grave, manajer):
    with pytest.raises(ReasonNeeded):
        rechecks.recheck(grave, {"two": "yes"}, level=Level.RENDAH, reason=" ", by=manajer)
    assert grave.level is Level.TINGGI
    rechecks.recheck(grave, {"two": "no"}, level=Level.RENDAH, reason="pindah", by=manajer)
    assert grave.level is Level.RENDAH


def test_a_visit_that_is_off_takes_its_reminders_along(visit):
    appointments.cancel_by_her(visit)
    db.session.flush()
    states = db.session.scalars(select(Alert.state).where(Alert.subject == Subject.VISIT_REMINDER)).all()
    assert set(states) == {"cancelled"}
    assert quarters(visit) == 0
