"""When somebody is reminded: the day before and two hours before, never at night, and her only in her own hours."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from pwa import appointments, clock, contact, db, reminders
from pwa.appointments import Crew, Slot
from pwa.push import Alert, Subject
from tests.factories import a_visit, an_account

NOW = datetime(2026, 12, 28, 9, tzinfo=clock.JAKARTA)  # a Monday


def at(day: int, hour: int, minute: int = 0, month: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=clock.JAKARTA)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        (at(31, 10), [at(30, 10), at(31, 8)]),
        (at(31, 7), [at(30, 7), at(30, 20, 45)]),
        (at(31, 22), [at(30, 20, 45), at(31, 20)]),
        (at(1, 1, month=1, year=2027), [at(30, 20, 45), at(31, 20, 45)]),
        (at(28, 12), [at(28, 10)]),
        (at(28, 10), []),
    ],
    ids=lambda each: each.strftime("%d.%m. %H.%M") if isinstance(each, datetime) else "",
)  # fmt: skip
def test_quiet_hours_and_the_turn_of_the_year_move_a_reminder_forward(start, wanted):
    found = reminders.moments(start)
    assert found == wanted
    assert not [each for each in found if reminders.is_quiet(each)]


def test_a_reminder_for_her_keeps_to_the_hours_she_chose():
    mornings = contact.windows(
        *contact.masks(contact.SafeContact.of({"days": ["wed"], "hours": ["morning"]}))
    )
    assert reminders.moments(at(31, 10), mornings.is_open) == [at(30, 10), at(30, 10, 45)]


def test_hours_we_do_not_understand_mean_never():
    nonsense = contact.windows(
        *contact.masks(contact.SafeContact.of({"days": ["funday"], "hours": ["noonish"]}))
    )
    assert reminders.moments(at(31, 10), nonsense.is_open) == []


def test_two_visits_of_one_number_keep_their_own_reminders(office):
    from pwa import receipts

    number, konselor = receipts.new_number(), an_account("konselor")
    visits = [a_visit(office, number, way="here") for _ in range(2)]
    for visit, start in zip(visits, (at(30, 10), at(31, 10)), strict=True):
        appointments.offer(visit, Slot(start, start + timedelta(hours=1)), Crew(konselor.id), by=konselor)
        appointments.confirm(visit, at=clock.now())
        db.session.flush()
    appointments.cancel_by_her(visits[0])
    db.session.flush()
    query = select(Alert).where(Alert.subject == Subject.VISIT_REMINDER, Alert.state == "promised")
    left = db.session.scalars(query.order_by(Alert.due_at)).all()
    assert [(alert.path, alert.due_at) for alert in left if alert.receipt_id] == [
        ("/kabar", at(30, 10)),
        ("/kabar", at(31, 8)),
    ]
    assert [alert.due_at for alert in left if alert.to_id] == [at(30, 10), at(31, 8)]
