"""Receiving what was told: once, whatever the network does, and back before somebody's eyes when she writes again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from pwa import clock, db, filing, receipts, reports
from pwa.envelope import SCHEMA, Label
from pwa.filing import Kind, OtherBody
from pwa.levels import Level
from pwa.receipts import NumberTaken, Receipt
from pwa.reports import Addition, Report, State

AT_ONCE = 20


def a_label(**parts) -> Label:
    defaults = {
        "id": uuid4(), "kind": Kind.REPORT, "lookup": uuid4().bytes * 2, "kecamatan": None, "language": "id",
        "danger": False, "written_at": clock.now().replace(microsecond=0), "schema": SCHEMA,
    }  # fmt: skip
    return Label(**(defaults | parts))


def received(label: Label, body: bytes = b"body") -> Report:
    reports.receive(label, b"sealed " + body, body_hash=filing.hash_of(body))
    report = db.session.get(Report, label.id)
    db.session.commit()
    return report


def added(label: Label, body: bytes = b"more") -> Report | Addition:
    reports.add(label, b"sealed " + body, body_hash=filing.hash_of(body))
    row = db.session.get(Addition, label.id) or db.session.get(Report, label.id)
    db.session.commit()
    return row


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_twenty_phones_sending_the_same_bytes_at_once_make_one_report(database):
    label, start = a_label(), Barrier(AT_ONCE)

    def send(_: int):
        try:
            start.wait(20)
            return received(label).id
        finally:
            db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as phones:
        ids = set(phones.map(send, range(AT_ONCE)))
    assert ids == {label.id}
    assert (count(Report), count(Receipt)) == (1, 1)


def test_twenty_additions_sent_at_once_are_one(database):
    report = received(a_label())
    label, start = a_label(kind=Kind.ADDITION, lookup=report.lookup), Barrier(AT_ONCE)

    def send(_: int):
        try:
            start.wait(20)
            return added(label).id
        finally:
            db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as phones:
        ids = set(phones.map(send, range(AT_ONCE)))
    assert ids == {label.id}
    assert count(Addition) == 1


def test_the_same_id_with_another_body_is_refused_and_changes_nothing(database):
    label = a_label()
    received(label)
    with pytest.raises(OtherBody):
        received(label, b"another body")
    db.session.rollback()
    assert db.session.scalars(select(Report)).one().envelope == b"sealed body"


def test_two_reports_cannot_answer_to_one_number(database):
    first = received(a_label())
    with pytest.raises(NumberTaken):
        received(a_label(lookup=first.lookup))
    db.session.rollback()
    assert (count(Report), count(Receipt)) == (1, 1)


def test_danger_now_stands_at_the_top_and_is_due_at_once(database):
    calm, grave = received(a_label()), received(a_label(danger=True))
    assert grave.rank < calm.rank
    assert grave.due_at <= clock.now() < calm.due_at
    assert (grave.suggested, calm.suggested) == (Level.DARURAT, None)


@pytest.mark.parametrize("state", [State.CLOSED, State.MERGED, State.SPAM, State.HANDED_OVER])
def test_a_new_message_brings_back_what_had_ended(database, state):
    report = received(a_label())
    report.state, report.spam_at = state, clock.now()
    db.session.commit()
    added(a_label(kind=Kind.ADDITION, lookup=report.lookup))
    assert report.state is State.REOPENED
    assert report.spam_at is None
    assert report.due_at <= clock.now()


@pytest.mark.parametrize("state", [State.TRIAGED, State.WAITING])
def test_a_message_to_what_is_open_leaves_it_where_it_is_but_due_now(database, state):
    report = received(a_label())
    report.state = state
    added(a_label(kind=Kind.ADDITION, lookup=report.lookup))
    assert report.state is state
    assert report.due_at <= clock.now()


def test_danger_in_a_message_lifts_the_report_to_the_top(database):
    report = received(a_label())
    added(a_label(kind=Kind.ADDITION, lookup=report.lookup, danger=True))
    assert report.rank == Level.DARURAT.rank


def test_a_change_of_number_alone_is_no_message(database):
    report = received(a_label())
    report.state = State.CLOSED
    db.session.commit()
    added(a_label(kind=Kind.NEW_NUMBER, lookup=report.lookup))
    assert report.state is State.CLOSED


def test_what_is_added_to_a_number_nobody_has_is_a_report_of_its_own(database):
    label = a_label(kind=Kind.ADDITION)
    first, again = added(label), added(label)
    assert isinstance(first, Report)
    assert again.id == first.id
    assert (count(Report), count(Addition)) == (1, 0)


def test_an_addition_never_lands_on_another_number(database):
    mine, other = received(a_label()), received(a_label())
    addition = added(a_label(kind=Kind.ADDITION, lookup=mine.lookup))
    assert addition.receipt_id == mine.receipt_id != other.receipt_id


def test_after_her_number_was_ended_it_finds_nothing(database):
    report = received(a_label())
    db.session.get(Receipt, report.receipt_id).kill()
    db.session.commit()
    assert receipts.find(report.lookup) is None
