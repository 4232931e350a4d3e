"""Writers take turns, readers never wait for them."""

import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from pwa import db
from pwa.site import SiteFact

WRITERS = 24


@contextmanager
def somebody_writing():
    """A writer in another thread, in the middle of it until the block ends."""
    began, may_end = threading.Event(), threading.Event()

    def write():
        db.session.add(SiteFact(name="first", value=b"1"))
        db.session.flush()
        began.set()
        may_end.wait(10)
        db.session.commit()
        db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(10)
    try:
        yield
    finally:
        may_end.set()
        writer.join()


def put(name: str) -> None:
    db.session.add(SiteFact(name=name, value=b"x"))
    db.session.commit()
    db.session.remove()


def test_many_who_write_at_once_all_get_their_turn(database):
    writers = [threading.Thread(target=put, args=(f"fact {number}",)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (
        db.session.scalar(select(func.count()).select_from(SiteFact).where(SiteFact.name.like("fact %")))
        == WRITERS
    )


def test_who_reads_does_not_wait_for_who_writes(database):
    with somebody_writing(), db.reading():
        assert db.session.get(SiteFact, "first") is None
        db.session.remove()
    assert db.session.get(SiteFact, "first")


def test_a_writer_waits_for_the_one_before_instead_of_failing(database):
    second = threading.Thread(target=put, args=("second",))
    with somebody_writing():
        second.start()
    second.join(10)
    assert db.session.get(SiteFact, "second")


def test_who_fails_while_writing_gives_the_turn_back(database):
    put("here")
    with pytest.raises(IntegrityError):
        db.session.execute(text("INSERT INTO site_fact (name, value) VALUES ('here', 'again')"))
    db.session.remove()
    after = threading.Thread(target=put, args=("after",))
    after.start()
    after.join(10)
    assert db.session.get(SiteFact, "after")


def test_one_connection_may_write_again_before_it_is_given_back(database):
    with database.connect() as connection:
        for name in ("one", "two"):
            connection.execute(
                text("INSERT INTO site_fact (name, value) VALUES (:name, 'x')"), {"name": name}
            )
            connection.commit()
    assert db.session.get(SiteFact, "two")


def test_a_turn_that_never_ends_keeps_nobody_waiting_for_ever(sqlite_url, monkeypatch):
    monkeypatch.setattr(db, "_PATIENCE", 0.1)
    engine = db.connect(sqlite_url)
    with engine.connect() as forgotten:
        forgotten.execute(text("SELECT 1"))
        forgotten.exec_driver_sql("ROLLBACK")  # behind our back: the turn is still taken
        put("late")
    assert db.session.get(SiteFact, "late")
    db.session.remove()
    engine.dispose()


def test_whoever_connects_knows_every_table_that_another_points_at():
    """In a process of its own: here somebody else has loaded them all already."""
    code = "from pwa import db; db.connect('sqlite:////dev/null/none'); print(len(db.Model.metadata.sorted_tables))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(said.stdout) == len(db.Model.metadata.sorted_tables)
