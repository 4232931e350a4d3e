from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import text

from pwa import db, limits

pytestmark = pytest.mark.usefixtures("database")

WHO = bytes(16)
QUARTER = timedelta(minutes=15)
TODAY = date(2026, 11, 22)
SECRET = b"s" * 32


def try_times(times: int) -> list[timedelta]:
    return [limits.attempt("sign-in", WHO, free=5, per=QUARTER) for _ in range(times)]


def test_somebody_within_the_limit_is_let_through_and_then_not():
    assert [limits.spend("telling", WHO, allowed=3, per=QUARTER) for _ in range(5)] == [True] * 3 + [
        False
    ] * 2


def test_another_bucket_and_another_person_have_their_own_count():
    assert limits.spend("telling", WHO, allowed=1, per=QUARTER)
    assert limits.spend("asking", WHO, allowed=1, per=QUARTER)
    assert limits.spend("telling", b"x" * 16, allowed=1, per=QUARTER)


def test_after_the_span_everybody_starts_again():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        assert limits.spend("telling", WHO, allowed=1, per=QUARTER)
        assert not limits.spend("telling", WHO, allowed=1, per=QUARTER)
        assert limits.remaining("telling", WHO) == QUARTER
        now.shift(QUARTER)
        assert limits.spend("telling", WHO, allowed=1, per=QUARTER)


def test_five_wrong_tries_are_free_and_the_sixth_must_wait_a_minute():
    with time_machine.travel("2026-11-22 10:00Z", tick=False):
        assert try_times(6) == [timedelta()] * 5 + [timedelta(minutes=1)]


def test_asking_during_the_wait_does_not_make_it_longer():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        try_times(5)
        now.shift(timedelta(seconds=59))
        assert set(try_times(20)) == {timedelta(seconds=1)}
        now.shift(timedelta(seconds=1))
        assert try_times(1) == [timedelta()]


def test_each_further_wrong_try_waits_longer_and_never_more_than_a_quarter_of_an_hour():
    waits = []
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        try_times(4)
        for _ in range(8):
            assert try_times(1) == [timedelta()]
            waits.append(try_times(1)[0])
            now.shift(waits[-1])
    assert [wait.total_seconds() / 60 for wait in waits] == [1, 2, 4, 8, 15, 15, 15, 15]


def test_a_success_forgives_the_tries_before_it():
    try_times(4)
    limits.forgive("sign-in", WHO)
    assert try_times(5) == [timedelta()] * 5


def test_a_quiet_quarter_of_an_hour_forgives_too():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        try_times(4)
        now.shift(QUARTER)
        assert try_times(5) == [timedelta()] * 5


def test_what_has_run_out_is_purged_and_the_rest_stays():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        limits.spend("old", WHO, allowed=1, per=QUARTER)
        now.shift(QUARTER)
        limits.spend("new", WHO, allowed=1, per=QUARTER)
        limits.purge()
        assert db.session.scalars(text("SELECT bucket FROM limit_counter")).all() == ["new"]


def test_one_household_is_one_network_and_its_neighbour_another():
    def who(address):
        return limits.network(address, SECRET, TODAY)

    assert who("2001:db8:0:aa00::1") == who("2001:db8:0:aaff:1:2:3:4")
    assert who("2001:db8:0:aa00::1") != who("2001:db8:0:ab00::1")
    assert who("192.0.2.1") == who("::ffff:192.0.2.1") != who("192.0.2.2")
    assert who(None) == who("nonsense")


def test_a_network_is_somebody_else_tomorrow_and_under_another_secret():
    seen = {
        limits.network("192.0.2.1", SECRET, TODAY),
        limits.network("192.0.2.1", SECRET, date(2026, 11, 23)),
        limits.network("192.0.2.1", b"t" * 32, TODAY),
    }
    assert len(seen) == 3
    assert all(len(who) == 16 and b"192" not in who for who in seen)


def test_twenty_at_the_same_moment_are_twenty_tries():
    def one_try(_) -> bool:
        try:
            wait = limits.attempt("sign-in", WHO, free=5, per=QUARTER)
            db.session.commit()
            return not wait
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(one_try, range(20))) == 5
