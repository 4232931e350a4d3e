"""Reports that arrive together share one turn of the database, and nobody pays for somebody else's mistake."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DatabaseError

from pwa import clock, db, filing, letterbox, reports
from pwa.envelope import SCHEMA, Label
from pwa.filing import Kind
from pwa.receipts import NumberTaken, Receipt
from pwa.reports import Report

TOGETHER = 5


def a_label(**parts) -> Label:
    defaults = {
        "id": uuid4(), "kind": Kind.REPORT, "lookup": uuid4().bytes * 2, "kecamatan": None, "language": "id",
        "danger": False, "written_at": clock.now().replace(microsecond=0), "schema": SCHEMA,
    }  # fmt: skip
    return Label(**(defaults | parts))


def a_report(label: Label):
    return partial(reports.receive, label, b"sealed", body_hash=filing.hash_of(b"body"))


def put(file) -> None:
    try:
        letterbox.put(file)
    finally:
        db.session.remove()


@contextmanager
def while_one_is_being_filed(phones: ThreadPoolExecutor):
    """Whatever is put in meanwhile has to wait for the next turn."""
    begun, may_end = Event(), Event()

    def file():
        begun.set()
        assert may_end.wait(30)

    first = phones.submit(put, file)
    assert begun.wait(30)
    yield
    may_end.set()
    first.result(30)


def all_put(phones: ThreadPoolExecutor, files) -> list[Future]:
    """Returns when every one of them stands in the queue."""
    with while_one_is_being_filed(phones):
        waiting = [phones.submit(put, file) for file in files]
        while len(letterbox._gathered) < len(waiting):
            assert not any(each.done() for each in waiting)
        return waiting


@pytest.fixture
def phones():
    with ThreadPoolExecutor(TOGETHER + 2) as pool:
        yield pool


def ids() -> set:
    return set(db.session.scalars(select(Report.id)))


def test_those_who_wait_together_share_one_commit_and_hear_of_it_afterwards(database, phones):
    labels, happened = [a_label() for _ in range(TOGETHER)], []
    event.listen(database, "commit", lambda connection: happened.append("commit"))
    waiting = all_put(phones, [a_report(label) for label in labels])
    for each in waiting:
        each.add_done_callback(lambda done: happened.append("answered"))
        each.result(30)
    assert happened.index("commit") < happened.index("answered")
    assert happened.count("commit") == 1
    assert ids() == {label.id for label in labels}


def test_one_who_is_refused_costs_the_others_nothing(database, phones):
    known = a_label()
    put(a_report(known))
    labels = [a_label(), a_label(lookup=known.lookup), a_label()]
    first, refused, last = all_put(phones, [a_report(label) for label in labels])
    with pytest.raises(NumberTaken):
        refused.result(30)
    assert (first.result(30), last.result(30)) == (None, None)
    assert ids() == {known.id, labels[0].id, labels[2].id}
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 3


def test_the_same_letter_twice_among_those_who_wait_is_one_report(database, phones):
    label = a_label()
    for each in all_put(phones, [a_report(label)] * TOGETHER):
        each.result(30)
    assert ids() == {label.id}


def test_when_the_database_fails_everybody_who_waits_is_told_and_nothing_is_kept(database, phones):
    label = a_label()
    broken = partial(db.session.execute, text("SELECT * FROM nowhere"))
    for each in all_put(phones, [a_report(label), broken]):
        with pytest.raises(DatabaseError):
            each.result(30)
    assert ids() == set()
    put(a_report(label))
    assert ids() == {label.id}
