"""What may happen to a visit, in which order, by whom: every move and every guard of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select

from pwa import (
    access,
    answers,
    appointments,
    clock,
    db,
    diary,
    filing,
    keys,
    receipts,
    tasks,
    telling,
    visits,
)
from pwa.answers import Sort
from pwa.appointments import Crew, Late, PartnerNeeded, Slot, TooSoon
from pwa.diary import Booking
from pwa.levels import Level
from pwa.push import Alert, Subject
from pwa.receipts import Receipt
from pwa.visits import ManajerOnly, ReasonNeeded, State, TakenUp, Visit, WrongState
from tests.factories import a_report, a_visit, an_account

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # ten in the morning in Serang


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


def a_slot(days: float = 2, hours: float = 1) -> Slot:
    start = clock.now() + timedelta(days=days)
    return Slot(start, start + timedelta(hours=hours))


def offered(visit: Visit, by, slot: Slot | None = None, partner=None) -> Visit:
    appointments.offer(visit, slot or a_slot(), Crew(by.id, partner and partner.id), by=by)
    db.session.commit()
    return visit


def confirmed(visit: Visit, by, slot: Slot | None = None, partner=None) -> Visit:
    appointments.confirm(offered(visit, by, slot, partner), at=clock.now())
    db.session.commit()
    return visit


def quarters(visit: Visit) -> int:
    return len(db.session.scalars(select(Booking.quarter).where(Booking.visit_id == visit.id)).all())


def said_to(visit: Visit) -> list[answers.Answer]:
    return list(db.session.scalars(answers.for_office(visit.receipt_id)))


def alerts(subject: Subject) -> list[Alert]:
    return list(db.session.scalars(select(Alert).where(Alert.subject == subject).order_by(Alert.due_at)))


def test_what_she_asked_for_is_written_down_for_the_lists_and_nothing_else(office):
    visit = a_visit(
        office, meeting="neutral", counsellor_sex="woman", tongue="su", days=["sat"], hours=["morning"]
    )
    assert (visit.state, visit.place, visit.level) == (State.ASKED, visits.Place.NEUTRAL, Level.SEDANG)
    assert (visit.wished_sex, visit.wished_tongue) == ("woman", "su")
    assert (visit.safe_days, visit.safe_hours) == (1 << 5, 1)
    assert visit.due_at.astimezone(clock.JAKARTA).isoformat() == "2026-11-26T16:00:00+07:00", (
        "three working days"
    )
    assert [alert.path for alert in alerts(Subject.VISIT_ASKED)] == ["/kantor/kunjungan"]


@pytest.mark.parametrize(
    "grave", [{"returns": "yes"}, {"weapons": "yes"}, {"two": "yes"}, {"danger": "yes"}], ids=str
)
def test_a_place_that_is_not_safe_makes_it_grave_and_asks_for_a_time_today(office, grave):
    visit = a_visit(office, told=grave)
    assert visit.level.is_high
    assert visit.due_at.astimezone(clock.JAKARTA).isoformat() == "2026-11-24T00:00:00+07:00"


def test_under_a_number_that_told_of_something_grave_a_visit_is_grave(office):
    number = receipts.new_number()
    a_report(office, number, danger="yes")
    visit = a_visit(office, number)
    assert visit.level is Level.DARURAT
    assert len(db.session.scalars(select(Receipt)).all()) == 1, "it hangs on the number she has"


@pytest.mark.parametrize("junk", [None, 7, [], {}, "mars", ["home"]], ids=repr)
def test_a_wish_that_is_none_of_ours_is_unknown(office, junk):
    visit = a_visit(
        office, told=dict.fromkeys(("meeting", "counsellor_sex", "tongue", "days", "hours", "returns"), junk)
    )
    assert (visit.place, visit.wished_sex, visit.wished_tongue, visit.level) == (
        None,
        None,
        None,
        Level.SEDANG,
    )


def test_asking_twice_is_asking_once_and_other_words_under_one_id_are_refused(office):
    sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
    number, how = sealer.stretch(receipts.new_number()), {"language": "id", "body_key": b"k"}
    id = a_visit(office).id
    for told in ({"meeting": "home"}, {"meeting": "home"}):
        with pytest.raises(filing.OtherBody):
            sealer.ask_for_visit(id, told, number, **how)
        db.session.rollback()
    assert len(db.session.scalars(select(Visit)).all()) == 1


def test_a_time_is_offered_behind_the_number_and_booked_with_the_way(office, konselor):
    visit = offered(a_visit(office), konselor)
    assert (visit.state, visit.counsellor_id) == (State.OFFERED, konselor.id)
    assert quarters(visit) == (30 + 60 + 30) / 15
    (answer,) = said_to(visit)
    assert answer.sort is Sort.OFFER
    assert answer.said == "Rabu, 25 November 2026 pukul 10.00 WIB, until 11.00 WIB, at the agreed place."
    assert visit.lapses_at == visit.start_at - timedelta(hours=2)


def test_what_she_reads_names_no_place_and_nobody(office, konselor):
    visit = offered(a_visit(office, address="Jalan Melati 7", name="Rara"), konselor)
    (answer,) = said_to(visit)
    assert not [word for word in ("Melati", "Rara", konselor.name) if word in answer.said]


def test_a_near_time_is_kept_for_half_of_what_is_left(office, konselor):
    visit = offered(a_visit(office), konselor, a_slot(days=2 / 24))
    assert visit.lapses_at == clock.now() + timedelta(hours=1)


@pytest.mark.parametrize("slot", [lambda: a_slot(days=-1), lambda: a_slot(hours=0), lambda: a_slot(hours=-1)])
def test_nobody_is_sent_into_the_past(office, konselor, slot):
    visit = a_visit(office)
    with pytest.raises(TooSoon):
        offered(visit, konselor, slot())
    assert visit.state is State.ASKED


def test_nobody_goes_alone_where_the_risk_is_high(office, konselor):
    visit = a_visit(office, weapons="yes")
    for partner in (None, konselor):
        with pytest.raises(PartnerNeeded):
            offered(visit, konselor, partner=partner)
    other = an_account("konselor")
    assert quarters(offered(visit, konselor, partner=other)) == 2 * 8


def test_who_is_booked_already_is_not_offered_again(office, konselor):
    offered(a_visit(office), konselor)
    other = a_visit(office)
    with pytest.raises(diary.Taken):
        offered(other, konselor)
    db.session.rollback()
    db.session.expire_all()
    assert (other.state, other.answer_id, said_to(other)) == (State.ASKED, None, [])


def test_she_says_yes_and_whoever_goes_is_told_and_reminded(office, konselor):
    visit = confirmed(a_visit(office), konselor)
    assert (visit.state, visit.lapses_at) == (State.CONFIRMED, None)
    (told,) = alerts(Subject.VISIT_CONFIRMED)
    assert (told.to_id, told.path) == (konselor.id, f"/konselor/kunjungan/{visit.id}")
    mine = [alert.due_at for alert in alerts(Subject.VISIT_REMINDER) if alert.to_id == konselor.id]
    assert mine == [visit.start_at - timedelta(days=1), visit.start_at - timedelta(hours=2)]
    assert [(step.before, step.after, step.role) for step in db.session.scalars(visits.steps_of(visit))] == [
        (State.ASKED, State.OFFERED, "konselor"), (State.OFFERED, State.CONFIRMED, "she"),
    ]  # fmt: skip


def test_a_yes_that_came_too_late_changes_nothing(office, konselor):
    visit = offered(a_visit(office), konselor)
    with pytest.raises(Late):
        appointments.confirm(visit, at=visit.lapses_at + timedelta(seconds=1))
    assert visit.state is State.OFFERED


def test_another_time_gives_the_offered_one_back(office, konselor):
    visit = offered(a_visit(office), konselor)
    appointments.ask_for_another(visit)
    assert (visit.state, quarters(visit), visit.lapses_at) == (State.ASKED, 0, None)
    assert offered(visit, konselor).state is State.OFFERED


def test_an_offer_nobody_answers_lapses_frees_the_time_and_asks_to_reach_her(office, konselor):
    visit = offered(a_visit(office), konselor)
    assert appointments.lapse_due() == 0
    with time_machine.travel(visit.lapses_at + timedelta(seconds=1)):
        assert appointments.lapse_due() == 1
        assert appointments.lapse_due() == 0
    assert (visit.state, quarters(visit)) == (State.LAPSED, 0)
    (task,) = db.session.scalars(tasks.of(visit))
    assert (task.kind, task.done_at) == (tasks.Kind.REACH_AGAIN, None)
    assert [alert.to_id for alert in alerts(Subject.TASK)] == [konselor.id]
    with time_machine.travel(MONDAY + timedelta(days=3)):
        assert offered(visit, konselor).state is State.OFFERED, "the office may offer again"


def test_declining_needs_a_reason_and_another_help(office, manajer):
    visit = a_visit(office)
    for reason, instead in (("", "Telepon saja"), ("di luar kota", " ")):
        with pytest.raises(ReasonNeeded):
            appointments.decline(visit, reason=reason, instead=instead, by=manajer)
    appointments.decline(visit, reason="di luar kota", instead="Bertemu di kantor", by=manajer)
    db.session.commit()
    assert visit.state is State.DECLINED
    assert said_to(visit)[-1].said == "Bertemu di kantor"
    assert db.session.scalars(visits.steps_of(visit)).all()[-1].reason == "di luar kota"


def test_the_office_cancels_with_a_reason_and_at_high_risk_only_the_manajer(office, konselor, manajer):
    visit = confirmed(a_visit(office, two="yes"), konselor, partner=an_account("konselor"))
    with pytest.raises(ManajerOnly):
        appointments.cancel(visit, reason="sakit", say="Maaf", by=konselor)
    with pytest.raises(ReasonNeeded):
        appointments.cancel(visit, reason=" ", say="Maaf", by=manajer)
    appointments.cancel(visit, reason="sakit", say="Maaf", by=manajer)
    db.session.commit()
    assert (visit.state, quarters(visit)) == (State.CANCELLED_BY_OFFICE, 0)
    assert {alert.state for alert in alerts(Subject.VISIT_REMINDER)} == {"cancelled"}


@pytest.mark.parametrize("state", [state for state in State if state is not State.OFFERED])
def test_only_an_offered_time_is_confirmed_or_lapses(office, state):
    visit = a_visit(office)
    visit.state = state
    for verb in (lambda: appointments.confirm(visit, at=clock.now()), lambda: appointments.lapse(visit)):
        with pytest.raises(WrongState):
            verb()
    assert visit.state is state


@pytest.mark.parametrize("state", [state for state in State if state not in visits.WAITING])
def test_only_what_waits_is_offered_a_time_or_declined(office, konselor, state):
    visit = a_visit(office)
    visit.state = state
    with pytest.raises(WrongState):
        offered(visit, konselor)
    with pytest.raises(WrongState):
        appointments.decline(visit, reason="r", instead="i", by=konselor)


@pytest.mark.parametrize(
    "state", [*visits.ON_THE_ROAD, State.DECLINED, State.CANCELLED_BY_OFFICE, State.NOT_MET]
)
def test_what_is_under_way_or_over_is_not_cancelled(office, manajer, state):
    visit = a_visit(office)
    visit.state = state
    with pytest.raises(WrongState):
        appointments.cancel_by_her(visit)
    with pytest.raises(WrongState):
        appointments.cancel(visit, reason="r", say="s", by=manajer)


def test_of_twenty_who_press_at_once_one_takes_it(office):
    people = [an_account("konselor").id for _ in range(20)]
    id, ready = a_visit(office).id, Barrier(20)
    db.session.remove()

    def press(who) -> bool:
        from pwa import accounts

        ready.wait(timeout=30)
        try:
            account = accounts.find(who)
            found = access.find_visit(account, id)
            if found is None:
                return False
            visits.take_up(found, by=account)
            db.session.commit()
        except TakenUp:
            return False
        finally:
            db.session.remove()
        return True

    with ThreadPoolExecutor(20) as hands:
        won = [who for who, mine in zip(people, hands.map(press, people), strict=True) if mine]
    assert [db.session.get(Visit, id).counsellor_id] == won
