from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from pwa import clock, db, push, receipts
from pwa.push import Alert, State, Subject
from tests.factories import an_account

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def her(database) -> UUID:
    """The receipt of one number."""
    receipts.issue(id := uuid4(), b"h" * 32)
    return id


def promised() -> list[Alert]:
    return list(db.session.scalars(select(Alert).where(Alert.state == State.PROMISED).order_by(Alert.due_at)))


def test_a_promise_is_kept_only_together_with_its_fact():
    push.promise(Subject.NEW_REPORT, path="/kantor/laporan")
    db.session.rollback()
    assert promised() == []
    push.promise(Subject.NEW_REPORT, path="/kantor/laporan")
    db.session.commit()
    assert [alert.subject for alert in promised()] == [Subject.NEW_REPORT]


def test_an_alert_says_nothing_but_whom_and_where_to_look():
    """A new column is a new way for a story to travel: whoever adds one has to come by here."""
    assert set(Alert.__table__.columns.keys()) == {
        "id", "subject", "to_id", "receipt_id", "path", "urgent", "state", "promised_at", "due_at", "until",
    }  # fmt: skip


def test_a_reminder_waits_for_its_day_and_ends_with_what_it_is_about(her):
    tomorrow = clock.now() + timedelta(days=1)
    push.promise(
        Subject.VISIT_REMINDER,
        receipt_id=her,
        path="/kabar",
        at=tomorrow,
        until=tomorrow + timedelta(hours=1),
    )
    (alert,) = promised()
    assert (alert.due_at, alert.until) == (tomorrow, tomorrow + timedelta(hours=1))


def test_nothing_is_due_before_it_was_promised():
    push.promise(Subject.TASK, path="/kantor/laporan", at=clock.now() - timedelta(days=3))
    (alert,) = promised()
    assert alert.due_at == alert.promised_at
    assert alert.until == alert.due_at + push.LASTS


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example/", "kantor", "/kabar?nomor=81", "/kantor/Siti", ""]
)
def test_an_alert_points_at_nothing_but_a_plain_page(path):
    with pytest.raises(ValueError, match="plain page"):
        push.promise(Subject.TASK, path=path)


def test_what_became_moot_is_taken_back_and_nothing_else(her):
    somebody, other = an_account(), an_account()
    for person in (somebody, other):
        push.promise(Subject.VISIT_REMINDER, to=person.id, path="/kantor/kunjungan")
        push.promise(Subject.TASK, to=person.id, path="/kantor/kunjungan")
    push.promise(Subject.VISIT_REMINDER, receipt_id=her, path="/kabar")
    push.cancel(Subject.VISIT_REMINDER, to=somebody.id)
    push.cancel(Subject.VISIT_REMINDER, receipt_id=her, path="/kabar")
    left = {(alert.subject, alert.to_id) for alert in promised()}
    assert left == {
        (Subject.TASK, somebody.id),
        (Subject.TASK, other.id),
        (Subject.VISIT_REMINDER, other.id),
    }
