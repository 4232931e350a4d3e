from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from pwa import accounts, db, limits, logins
from pwa.accounts import StaffRole
from tests.factories import an_account

pytestmark = pytest.mark.usefixtures("database")

NETWORK = bytes(16)


@pytest.fixture
def now():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as traveller:
        yield traveller


def signed_in(account=None) -> str:
    token = logins.start(account or an_account())
    db.session.commit()
    return token


def tamper(sql: str) -> None:
    db.session.execute(text(sql))
    db.session.commit()
    db.session.expire_all()


def test_a_token_finds_its_session_and_whose_it_is():
    account = an_account()
    login, owner = logins.find(signed_in(account))
    assert owner == account
    assert login in logins.live_of(account)
    assert logins.find("never ours") is None


def test_the_token_is_nowhere_in_the_database():
    token = signed_in()
    assert token not in repr(db.session.execute(text("SELECT * FROM login")).one())


def test_a_session_dies_after_fifteen_idle_minutes(now):
    token = signed_in()
    now.shift(timedelta(minutes=14, seconds=59))
    assert logins.find(token)
    now.shift(timedelta(seconds=1))
    assert logins.find(token) is None


def test_somebody_who_is_busy_stays_signed_in_and_after_twelve_hours_signs_in_again(now):
    token = signed_in()
    for _ in range(71):
        now.shift(timedelta(minutes=10))
        logins.find(token)[0].touch()
    now.shift(timedelta(minutes=9, seconds=59))
    assert logins.find(token)
    now.shift(timedelta(seconds=1))
    assert logins.find(token) is None


def test_being_seen_is_noted_at_most_once_a_minute(now):
    login, _ = logins.find(signed_in())
    first = login.seen_at
    now.shift(timedelta(seconds=59))
    login.touch()
    assert login.seen_at == first
    now.shift(timedelta(seconds=1))
    login.touch()
    assert login.seen_at == first + timedelta(minutes=1)


def test_being_seen_can_be_noted_while_reading(now):
    token = signed_in()
    db.session.remove()
    now.shift(timedelta(minutes=5))
    with db.reading():
        logins.find(token)[0].touch()
        db.session.remove()
    assert logins.find(token)[0].seen_at.minute == 5


def test_a_revoked_session_is_dead_and_the_others_live():
    account = an_account()
    one, two = signed_in(account), signed_in(account)
    logins.find(one)[0].revoke()
    db.session.commit()
    assert logins.find(one) is None
    assert logins.find(two)


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "change",
    [
        lambda account: account.sign_out_everywhere(),
        lambda account: account.change_role(StaffRole.MANAJER, by=None),
        lambda account: account.change_password("another quiet sentence"),
        lambda account: account.disable(),
    ],
    ids=["sign out everywhere", "another role", "another password", "disabled"],
)
def test_a_change_of_the_account_ends_every_session(change):
    account = an_account()
    tokens = [signed_in(account), signed_in(account)]
    change(account)
    db.session.commit()
    assert [logins.find(token) for token in tokens] == [None, None]
    assert logins.live_of(account) == []


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "change",
    [
        "seen_at = '2099-01-01 00:00:00+00:00'",
        "created_at = '2026-11-22 09:59:00+00:00'",
        "generation = 1",
        "account_id = (SELECT id FROM account WHERE role = 'admin')",
        "mac = token_hash",
    ],
)
def test_a_session_that_somebody_else_changed_is_dead(now, change):
    an_account(role="admin")
    token = signed_in()
    tamper(f"UPDATE login SET {change}")
    assert logins.find(token) is None


def test_a_revoked_session_cannot_be_brought_back_by_somebody_else():
    token = signed_in()
    logins.find(token)[0].revoke()
    db.session.commit()
    tamper("UPDATE login SET revoked_at = NULL")
    assert logins.find(token) is None


def test_a_session_of_an_account_that_somebody_else_made_admin_is_dead():
    token = signed_in()
    tamper("UPDATE account SET role = 'admin'")
    assert logins.find(token) is None


def test_five_wrong_tries_for_one_name_slow_that_name_down_and_no_other(now):
    waits = [logins.wait_before_try("siti", NETWORK) for _ in range(6)]
    assert waits == [timedelta()] * 5 + [timedelta(minutes=1)]
    assert logins.wait_before_try(" SITI", NETWORK)
    assert not logins.wait_before_try("ani", NETWORK)


def test_thirty_tries_from_one_network_slow_that_network_down_and_no_other(now):
    waits = [logins.wait_before_try(f"name{number}", NETWORK) for number in range(31)]
    assert waits == [timedelta()] * 30 + [timedelta(minutes=15)]
    assert not logins.wait_before_try("name31", b"x" * 16)


def test_a_successful_sign_in_forgets_the_wrong_tries(now):
    account = an_account(login="siti")
    for _ in range(4):
        logins.wait_before_try("siti", NETWORK)
    signed_in(account)
    assert not any(logins.wait_before_try("siti", NETWORK) for _ in range(5))


def test_the_counters_hold_no_name():
    logins.wait_before_try("siti", NETWORK)
    assert "siti" not in repr(db.session.execute(text("SELECT * FROM limit_counter")).all())
    assert limits.Counter.__table__.columns.keys() == ["bucket", "who", "count", "free_at", "expires_at"]


def test_old_sessions_are_purged(now):
    signed_in()
    now.shift(timedelta(hours=12, seconds=1))
    token = signed_in(accounts.everybody()[0])
    logins.purge()
    assert logins.find(token)
    assert db.session.scalar(text("SELECT count(*) FROM login")) == 1
