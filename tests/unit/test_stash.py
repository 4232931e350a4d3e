"""What was typed waits ten minutes for its writer, and for nobody else; also with the database gone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from pwa import clock, db, stash
from pwa.stash import Stash

HERS, ANOTHERS = b"h" * 32, b"a" * 32
TYPED = {"story": "belum selesai", "days": ["mon"]}


@pytest.fixture(autouse=True)
def _empty_shelf(database):
    yield
    stash._shelf.clear()


@pytest.fixture
def no_database(monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "get", gone)


def rows() -> list[Stash]:
    return list(db.session.scalars(select(Stash)))


def keep(session_key: bytes = HERS, page: str = "cerita", things=TYPED) -> None:
    stash.keep(session_key, page, things)
    db.session.commit()


def test_what_she_typed_is_there_when_she_comes_back():
    keep()
    assert stash.fetch(HERS, "cerita") == TYPED


def test_nobody_else_finds_it_and_no_other_page_shows_it():
    keep()
    assert stash.fetch(ANOTHERS, "cerita") is None
    assert stash.fetch(HERS, "kabar") is None


def test_a_row_moved_into_somebody_elses_place_stays_shut():
    keep()
    keep(ANOTHERS, things={"story": "lain"})
    hers, anothers = sorted(rows(), key=lambda row: row.slot != stash._slot(HERS, "cerita"))
    anothers.box = hers.box
    db.session.commit()
    assert stash.fetch(ANOTHERS, "cerita") is None


def test_the_database_sees_neither_the_words_nor_the_page():
    keep()
    row = rows()[0]
    assert b"belum" not in row.box
    assert b"story" not in row.box
    assert b"cerita" not in row.slot


def test_the_same_page_keeps_only_the_last():
    keep()
    keep(things={"story": "kedua"})
    assert stash.fetch(HERS, "cerita") == {"story": "kedua"}
    assert len(rows()) == 1


def test_after_ten_minutes_it_is_gone_and_purged():
    now = clock.now()
    with time_machine.travel(now, tick=False) as later:
        keep()
        later.shift(stash.KEPT_FOR - timedelta(seconds=1))
        assert stash.fetch(HERS, "cerita") == TYPED
        later.shift(timedelta(seconds=2))
        assert stash.fetch(HERS, "cerita") is None
        stash.purge()
        db.session.commit()
    assert rows() == []


def test_forgetting_one_page_leaves_the_others():
    keep()
    keep(page="kabar")
    stash.forget(HERS, "cerita")
    db.session.commit()
    assert stash.fetch(HERS, "cerita") is None
    assert stash.fetch(HERS, "kabar") == TYPED


def test_with_the_database_gone_her_text_waits_on_the_shelf(no_database):
    stash.keep_without_database(HERS, "cerita", TYPED)
    assert stash.fetch(HERS, "cerita") == TYPED
    assert stash.fetch(ANOTHERS, "cerita") is None


def test_with_the_database_gone_and_an_empty_shelf_there_is_simply_nothing(no_database):
    assert stash.fetch(HERS, "cerita") is None


def test_even_the_shelf_holds_only_what_her_cookie_opens():
    stash.keep_without_database(HERS, "cerita", TYPED)
    assert b"belum" not in b"".join(box for box, _ in stash._shelf.values())


def test_what_was_kept_in_the_database_again_takes_the_place_of_the_shelf():
    stash.keep_without_database(HERS, "cerita", {"story": "lama"})
    keep()
    assert stash.fetch(HERS, "cerita") == TYPED


def test_the_shelf_expires_too():
    with time_machine.travel(clock.now(), tick=False) as later:
        stash.keep_without_database(HERS, "cerita", TYPED)
        later.shift(stash.KEPT_FOR + timedelta(seconds=1))
        assert stash.fetch(HERS, "cerita") is None
        stash.purge()
    assert not stash._shelf


def test_a_flood_cannot_fill_the_memory():
    for number in range(stash._SHELF_SIZE + 20):
        stash.keep_without_database(number.to_bytes(32), "cerita", TYPED)
    assert len(stash._shelf) == stash._SHELF_SIZE
    assert stash.fetch((stash._SHELF_SIZE + 19).to_bytes(32), "cerita") == TYPED
    assert db.session.scalar(select(func.count()).select_from(Stash)) == 0
