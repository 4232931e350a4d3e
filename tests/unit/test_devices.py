"""Six digits open what a person left a moment ago, on her own device, and nothing else."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from pwa import db, devices, logins
from pwa.devices import SignedOut, WrongPin
from tests.factories import an_account

pytestmark = pytest.mark.usefixtures("database")

PIN = "258036"


@pytest.fixture
def now():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as traveller:
        yield traveller


def enrolled(account, browser=None, pin=PIN):
    """Signed in on a device of hers: the device, its token, and the token of the session."""
    session = logins.start(account)
    login, _ = logins.find(session)
    device, browser = devices.enrol(login, account, browser, name="HP", pin=pin)
    db.session.commit()
    return device, browser, session


def unlock(*where):
    token = devices.unlock(*where)
    db.session.commit()
    return token


def type_in(device, pin=PIN) -> None:
    device.check_pin(pin)
    db.session.commit()


def login_of(session):
    return logins.find(session)[0]


def test_an_idle_session_on_an_enrolled_device_locks_and_the_pin_opens_it(now):
    account = an_account()
    device, _, session = enrolled(account)
    now.shift(timedelta(minutes=14, seconds=59))
    assert not login_of(session).is_locked
    now.shift(timedelta(seconds=1))
    assert login_of(session).is_locked
    type_in(device)
    assert unlock(device, account, login_of(session)) is None, "her own session keeps its token"
    assert not login_of(session).is_locked


def test_digits_cost_whoever_guesses_as_much_as_a_password(at_full_cost):
    device, _, _ = enrolled(an_account())
    assert device.pin_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_without_a_device_an_idle_session_ends(now):
    session = logins.start(an_account())
    db.session.commit()
    now.shift(timedelta(minutes=15))
    assert logins.find(session) is None


def test_after_twelve_hours_the_pin_is_not_enough(now):
    account = an_account()
    device, _, session = enrolled(account)
    now.shift(timedelta(hours=12))
    assert logins.find(session) is None
    type_in(device)
    with pytest.raises(SignedOut):
        unlock(device, account, None)


def test_the_fifth_wrong_pin_signs_out_and_the_right_one_comes_too_late():
    account = an_account()
    device, _, session = enrolled(account)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPin) as wrong:
            type_in(device, "111222")
        assert wrong.value.left == left
    with pytest.raises(SignedOut):
        type_in(device, "111222")
    assert logins.find(session) is None
    with pytest.raises(SignedOut):
        type_in(device)


def test_a_right_pin_and_the_long_way_in_forgive_the_wrong_ones():
    device, _, _ = enrolled(an_account())
    for _ in range(4):
        with pytest.raises(WrongPin):
            type_in(device, "111222")
    type_in(device)
    with pytest.raises(WrongPin) as wrong:
        type_in(device, "111222")
    assert wrong.value.left == 4
    device.welcome()
    assert device.tries == 0


def test_a_count_of_tries_that_somebody_turned_back_opens_nothing():
    device, _, _ = enrolled(an_account())
    with pytest.raises(WrongPin):
        type_in(device, "111222")
    db.session.execute(text("UPDATE device SET tries = 0"))
    db.session.commit()
    with pytest.raises(SignedOut):
        type_in(device)


def test_the_pin_is_nowhere_in_the_database():
    enrolled(an_account())
    assert PIN not in repr(db.session.execute(text("SELECT * FROM device")).one())


def test_several_people_share_a_phone_and_one_does_not_end_the_other():
    siti, ani = an_account("kader"), an_account("kader")
    hers, browser, first = enrolled(siti)
    other, same, second = enrolled(ani, browser, pin="904713")
    assert same == browser
    assert [owner for _, owner in devices.shared_by(browser)] == [siti, ani]
    with pytest.raises(WrongPin):
        type_in(other)
    type_in(hers)
    token = unlock(hers, siti, login_of(second))
    assert logins.find(token)[1] == siti
    assert logins.find(first) is None, "the cookie of before was overwritten and opens nothing any more"
    assert login_of(second).is_locked


def test_enrolling_again_changes_the_pin_and_adds_nothing():
    account = an_account()
    device, browser, session = enrolled(account)
    devices.enrol(login_of(session), account, browser, name="HP", pin="904713")
    db.session.commit()
    assert len(devices.of(account)) == 1
    with pytest.raises(WrongPin):
        type_in(device)
    type_in(device, "904713")


def test_a_lost_phone_signs_out_everybody_on_it_and_waits_to_be_emptied():
    siti, ani = an_account("kader"), an_account("kader")
    device, browser, first = enrolled(siti)
    _, _, second = enrolled(ani, browser)
    devices.lose(device)
    db.session.commit()
    assert (logins.find(first), logins.find(second)) == (None, None)
    assert devices.shared_by(browser) == []
    assert devices.is_lost(browser)
    devices.note_wiped(browser)
    db.session.commit()
    assert all(each.wiped_at for each in devices.of(siti))


def test_who_gives_up_a_phone_leaves_the_others_on_it_alone():
    siti, ani = an_account("kader"), an_account("kader")
    device, browser, first = enrolled(siti)
    _, _, second = enrolled(ani, browser)
    device.forget()
    db.session.commit()
    assert logins.find(first) is None
    assert login_of(second)
    assert [owner for _, owner in devices.shared_by(browser)] == [ani]


def test_somebody_shut_out_is_not_among_the_people_of_a_phone():
    account = an_account()
    _, browser, _ = enrolled(account)
    account.disable()
    db.session.commit()
    assert devices.shared_by(browser) == []


@pytest.mark.parametrize("token", [None, "", "never ours"])
def test_a_browser_nobody_enrolled_carries_nobody(token):
    enrolled(an_account())
    assert devices.shared_by(token) == []
    assert not devices.is_lost(token)


@pytest.mark.each_kind
@pytest.mark.parametrize("column", ["account_id", "pin_hash", "lost_at"])
def test_a_row_that_somebody_else_changed_is_nobodys(column):
    account, other = an_account(), an_account("admin")
    device, browser, _ = enrolled(account)
    devices.lose(device)
    db.session.commit()
    value = {"account_id": other.id, "pin_hash": "x", "lost_at": None}[column]
    db.session.query(devices.Device).update({column: value})
    db.session.commit()
    db.session.expire_all()
    assert devices.shared_by(browser) == []
    assert devices.find(device.id) is None
    assert devices.everywhere() == []


@pytest.mark.parametrize("pin", ["000000", "123456", "654321", "121212", "123123", "999999"])
def test_digits_that_anybody_would_try_are_weak(pin):
    assert devices.is_weak(pin)


def test_ordinary_digits_are_not():
    assert not devices.is_weak(PIN)
