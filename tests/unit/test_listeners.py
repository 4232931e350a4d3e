"""Her own phone: what it is told and when, and how it is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select

from pwa import (
    answers,
    appointments,
    clock,
    db,
    handling,
    listeners,
    moves,
    pushkeys,
    reaching,
    receipts,
    reports,
    spam,
    subscriptions,
    unpacking,
)
from pwa.addresses import mark_of
from pwa.answers import Sort
from pwa.appointments import Crew, Slot
from pwa.handling import CloseReason
from pwa.levels import Level
from pwa.push import Alert, Subject
from pwa.receipts import Receipt
from pwa.subscriptions import DEVICES, Subscription
from pwa.webpush import Service
from tests.factories import a_listening_phone, a_phone_of, a_report, a_visit, an_account
from tests.push_double import Phone

NOW = datetime(2026, 12, 28, 9, tzinfo=clock.JAKARTA)  # a Monday


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=clock.JAKARTA)


@pytest.fixture(autouse=True)
def now(office):
    """It stands still until a test moves it."""
    with time_machine.travel(NOW, tick=False) as now:
        yield now


@pytest.fixture
def officer():
    return an_account("manajer")


def a_told(office, **told):
    """A report that the office has opened."""
    report = a_report(office, story="x", **told)
    unpacking.unpack_arrived()
    return report


def answered(report, officer, sort: Sort = Sort.REPLY) -> None:
    answers.answer(db.session.get(Receipt, report.receipt_id), "Kami di sini.", sort=sort, by=officer.id)
    db.session.commit()


def told(receipt_id: UUID) -> list[Alert]:
    query = select(Alert).where(Alert.receipt_id == receipt_id, Alert.state != "cancelled")
    return list(db.session.scalars(query.order_by(Alert.due_at)))


def listening(receipt_id: UUID) -> int:
    query = select(func.count()).where(Subscription.receipt_id == receipt_id)
    return db.session.scalar(query)


def test_an_answer_is_told_to_her_phone_in_the_same_breath(office, officer):
    report = a_told(office)
    a_listening_phone(report.receipt_id, office)
    answered(report, officer)
    (alert,) = told(report.receipt_id)
    assert (alert.subject, alert.path, alert.due_at) == (Subject.NEW_MESSAGE, "/kabar", NOW)
    answers.answer(db.session.get(Receipt, report.receipt_id), "x", sort=Sort.REPLY, by=officer.id)
    db.session.rollback()
    assert len(told(report.receipt_id)) == 1


def test_a_number_without_a_phone_costs_no_row(office, officer):
    report, other = a_told(office), a_told(office)
    a_listening_phone(other.receipt_id, office)
    answered(report, officer)
    assert told(report.receipt_id) == []


def test_what_is_said_at_night_is_told_in_the_morning_and_no_later_than_that_evening(office, officer):
    report = a_told(office)
    a_listening_phone(report.receipt_id, office)
    with time_machine.travel(at(28, 23), tick=False):
        answered(report, officer)
    (alert,) = told(report.receipt_id)
    assert (alert.due_at, alert.until) == (at(29, 6), at(29, 21))


def test_it_waits_for_the_hours_she_called_safe_and_ends_with_them(office, officer):
    report = a_told(office, days=["wed"], hours=["midday"])
    a_listening_phone(report.receipt_id, office)
    answered(report, officer)
    (alert,) = told(report.receipt_id)
    assert (alert.due_at, alert.until) == (at(30, 11), at(30, 15))


def test_of_the_hours_she_named_at_different_times_the_last_count(office, officer, now):
    number = receipts.new_number()
    report = a_told(office, number=number, hours=["midday"])
    now.shift(timedelta(minutes=5))
    a_visit(office, number, hours=["night"])
    a_listening_phone(report.receipt_id, office)
    answered(report, officer)
    assert [alert.due_at for alert in told(report.receipt_id)] == [at(28, 18)]


def test_hours_nobody_understands_are_never(office, officer):
    report = a_told(office, hours=["noonish"])
    a_listening_phone(report.receipt_id, office)
    answered(report, officer)
    assert told(report.receipt_id) == []


def test_nothing_is_told_while_hours_from_long_ago_have_not_been_looked_at(office, officer):
    report = a_told(office, hours=["morning"])
    report.waited = int(timedelta(days=2).total_seconds())
    a_listening_phone(report.receipt_id, office)
    answered(report, officer)
    assert told(report.receipt_id) == []
    report.recheck()
    answered(report, officer)
    assert len(told(report.receipt_id)) == 1


def test_every_move_of_a_visit_by_the_office_is_told(office, officer):
    visit, start = a_visit(office), at(30, 10)
    a_listening_phone(visit.receipt_id, office)

    def after(verb) -> list[Subject]:
        before = {alert.id for alert in told(visit.receipt_id)}
        verb()
        db.session.commit()
        return [alert.subject for alert in told(visit.receipt_id) if alert.id not in before]

    def slot(days: int) -> Slot:
        return Slot(start + timedelta(days=days), start + timedelta(days=days, hours=1))

    assert after(lambda: appointments.offer(visit, slot(0), Crew(officer.id), by=officer)) == [
        Subject.NEW_MESSAGE
    ]
    appointments.confirm(visit, at=clock.now())
    assert after(lambda: moves.propose(visit, slot(1), reason="rapat", by=officer)) == [Subject.VISIT_MOVED]
    assert after(lambda: moves.withdraw(moves.waiting(visit), visit, by=officer)) == [Subject.NEWS]
    moves.propose_by_her(visit, slot(1))
    assert after(lambda: moves.refuse(moves.waiting(visit), visit, by=officer)) == [Subject.NEWS]
    moves.propose_by_her(visit, slot(2))
    assert Subject.NEW_MESSAGE in after(lambda: moves.accept(moves.waiting(visit), visit, by=officer))
    assert after(lambda: appointments.cancel(visit, reason="sakit", say="Maaf.", by=officer)) == [
        Subject.NEW_MESSAGE
    ]


def test_only_a_change_of_the_same_day_hurries(office, officer):
    visit = a_visit(office)
    a_listening_phone(visit.receipt_id, office)
    appointments.offer(visit, Slot(at(28, 15), at(28, 16)), Crew(officer.id), by=officer)
    db.session.commit()
    assert [alert.urgent for alert in told(visit.receipt_id)] == [False]
    appointments.cancel(visit, reason="sakit", say="Maaf.", by=officer)
    db.session.commit()
    assert [alert.urgent for alert in told(visit.receipt_id)] == [False, True]


def test_a_reminder_does_not_outlive_the_hours_it_was_meant_for(office, officer):
    visit = a_visit(office, hours=["morning"])
    a_listening_phone(visit.receipt_id, office)
    appointments.offer(visit, Slot(at(30, 13), at(30, 14)), Crew(officer.id), by=officer)
    appointments.confirm(visit, at=clock.now())
    reminders = [alert for alert in told(visit.receipt_id) if alert.subject is Subject.VISIT_REMINDER]
    assert {alert.until for alert in reminders} == {at(29, 11), at(30, 11)}


def test_only_five_phones_listen_and_the_newest_stay(office, now):
    report = a_told(office)
    phones = []
    for _ in range(DEVICES + 2):
        phones.append(a_listening_phone(report.receipt_id, office))
        now.shift(timedelta(seconds=1))
    a_listening_phone(report.receipt_id, office, phones[-1].endpoint)
    marks = set(listeners.of(db.session.get(Receipt, report.receipt_id)).marks)
    assert len(marks) == DEVICES
    assert marks >= {mark_of(phone.device)[:8].hex() for phone in phones[-4:]}


def test_one_phone_listens_to_two_numbers_and_wakes_its_owner_at_work(office, officer):
    one, other = a_told(office), a_told(office)
    phone = a_phone_of(officer, office)
    for report in (one, other, one):
        subscriptions.keep_for_receipt(phone.device, report.receipt_id, **how_to_keep(office))
        db.session.commit()
    assert [listening(each) for each in (one.receipt_id, other.receipt_id, None)] == [1, 1, 1]
    subscriptions.forget_as_listener(phone.device)
    assert [listening(each) for each in (one.receipt_id, other.receipt_id, None)] == [0, 0, 1]


def test_windows_that_ask_at_once_are_one_phone(office):
    id, device, start = a_told(office).receipt_id, Phone("https://fcm.googleapis.com/x").device, Barrier(4)
    db.session.remove()

    def ask(_: int) -> None:
        try:
            start.wait(20)
            subscriptions.keep_for_receipt(device, id, **how_to_keep(office))
            db.session.commit()
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as windows:
        list(windows.map(ask, range(4)))
    assert listening(id) == 1


def test_a_phone_whose_browser_moves_it_is_found_where_it_is_now(office, officer):
    report = a_told(office)
    old, new = a_phone_of(officer, office), Phone("https://updates.push.services.mozilla.com/new")
    subscriptions.keep_for_receipt(old.device, report.receipt_id, **how_to_keep(office))
    bystander = a_listening_phone(report.receipt_id, office)
    subscriptions.move(old.device, new.device, **how_to_keep(office))
    db.session.commit()
    moved, stayed = (mark_of(each.device)[:8].hex() for each in (new, bystander))
    assert set(listeners.of(db.session.get(Receipt, report.receipt_id)).marks) == {moved, stayed}
    (at_work,) = db.session.scalars(subscriptions.of_account(officer.id))
    assert (at_work.mark, at_work.service) == (mark_of(new.device), "updates.push.services.mozilla.com")


def test_who_knows_only_an_address_moves_nothing(office):
    report = a_told(office)
    hers = a_listening_phone(report.receipt_id, office)
    guessed, thief = Phone(hers.endpoint), Phone("https://fcm.googleapis.com/thief")
    subscriptions.move(guessed.device, thief.device, **how_to_keep(office))
    assert listeners.of(db.session.get(Receipt, report.receipt_id)).marks == [mark_of(hers.device)[:8].hex()]


def test_with_a_new_number_only_the_phone_it_was_taken_with_goes_on_listening(office):
    number = receipts.new_number()
    report = a_told(office, number=number)
    hers, anothers = (a_listening_phone(report.receipt_id, office) for _ in range(2))
    receipt = db.session.get(Receipt, report.receipt_id)
    answers.move(receipt, b"n" * 32, {}, phone=mark_of(hers.device))
    db.session.commit()
    assert listeners.of(receipt).marks == [mark_of(hers.device)[:8].hex()]
    assert mark_of(anothers.device)[:8].hex() not in listeners.of(receipt).marks
    answers.move(receipt, b"m" * 32, {})
    db.session.commit()
    assert listeners.of(receipt).marks == []


def test_a_number_that_was_ended_tells_nobody_anything(office, officer):
    report = a_told(office)
    a_listening_phone(report.receipt_id, office)
    reaching.kill_number(report, reason="HP dirampas", by=officer)
    db.session.commit()
    assert listening(report.receipt_id) == 0


def test_the_last_word_still_leaves_and_then_the_phone_is_forgotten(office, officer, now):
    report = a_told(office)
    a_listening_phone(report.receipt_id, office)
    handling.weigh(report, {}, suggested=Level.RENDAH, level=Level.RENDAH, reason="", by=officer)
    answered(report, officer, Sort.NEXT_STEP)
    handling.close(report, CloseReason.HER_WISH, reason="selesai", by=officer)
    db.session.commit()
    forget()
    assert listening(report.receipt_id) == 1
    now.move_to(at(28, 21))
    forget()
    assert listening(report.receipt_id) == 0


def test_what_was_joined_to_another_listens_as_long_as_that_goes_on(office, officer):
    report, other = a_told(office), a_told(office)
    a_listening_phone(report.receipt_id, office)
    handling.merge(report, other, reason="sama", by=officer)
    db.session.commit()
    forget()
    assert listening(report.receipt_id) == 1
    spam.call(other, reason="iseng", by=officer)
    db.session.commit()
    forget()
    assert listening(report.receipt_id) == 0


def test_an_open_visit_keeps_a_phone_listening_after_the_report_is_closed(office, officer):
    number = receipts.new_number()
    report, visit = a_told(office, number=number), a_visit(office, number)
    a_listening_phone(report.receipt_id, office)
    report.state = reports.State.CLOSED
    db.session.commit()
    forget()
    assert listening(report.receipt_id) == 1
    appointments.cancel_by_her(visit)
    db.session.commit()
    forget()
    assert listening(report.receipt_id) == 0


def test_forgetting_leaves_the_phones_of_people_at_work_alone(office, officer):
    a_phone_of(officer, office)
    forget()
    assert db.session.scalar(select(func.count()).select_from(Subscription)) == 1


def test_nobody_begins_to_listen_where_nothing_more_can_come(office):
    report = a_told(office)
    report.state = reports.State.CLOSED
    db.session.commit()
    receipt = db.session.get(Receipt, report.receipt_id)
    listeners.add(Phone("https://fcm.googleapis.com/x").device, receipt, **how_to_keep(office))
    db.session.commit()
    assert (listeners.of(receipt).goes_on, listening(receipt.id)) == (False, 0)


def how_to_keep(settings) -> dict[str, object]:
    return {"service": Service.of(settings), "keys": pushkeys.outside(settings.key_dir)}


def forget() -> None:
    listeners.forget_ended()
    db.session.commit()
