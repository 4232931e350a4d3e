from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import text

from pwa import accounts, clock, db, invitations
from pwa.accounts import StaffRole
from tests.factories import an_account

pytestmark = pytest.mark.usefixtures("database")

PASSWORD = "empat kata yang tenang"


def invited(login="siti", role=StaffRole.PENERIMA, by=None) -> str:
    _, token = invitations.invite(login, name="Siti Aminah", role=role, by=by)
    db.session.commit()
    return token


def code_for(token: str) -> str:
    return pyotp.TOTP(invitations.totp_secret(token)).at(clock.now())


def accept(token: str, password: str = PASSWORD):
    account = invitations.open_invitation(token).accept(token, password, code_for(token))
    db.session.commit()
    return account


def tamper(sql: str) -> None:
    db.session.execute(text(sql))
    db.session.commit()
    db.session.expire_all()


def test_somebody_invited_becomes_an_account_that_can_sign_in():
    account = accept(invited(by=an_account(role="admin")))
    db.session.expire_all()
    found = accounts.with_password("siti", PASSWORD)
    assert (found, found.name, found.role) == (account, "Siti Aminah", StaffRole.PENERIMA)


def test_the_digits_shown_at_joining_do_not_sign_in_a_second_time():
    token = invited()
    with time_machine.travel("2026-11-22 10:00Z", tick=False):
        assert not accept(token).spend_code(code_for(token))


def test_a_link_works_once():
    token = invited()
    accept(token)
    with pytest.raises(invitations.Closed):
        invitations.open_invitation(token)


def test_a_link_dies_after_two_days():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        token = invited()
        now.shift(timedelta(hours=48) - timedelta(seconds=1))
        assert invitations.open_invitation(token)
        now.shift(timedelta(seconds=1))
        with pytest.raises(invitations.Closed):
            invitations.open_invitation(token)


def test_an_unknown_link_is_closed():
    with pytest.raises(invitations.Closed):
        invitations.open_invitation("never ours")


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "change",
    [
        "role = 'admin'",
        "login = 'ani'",
        "expires_at = '2099-01-01 00:00:00+00:00'",
        "name = mac",
        "mac = token_hash",
    ],
)
def test_an_invitation_that_somebody_else_changed_is_closed(change):
    token = invited()
    tamper(f"UPDATE invitation SET {change}")
    with pytest.raises(invitations.Closed):
        invitations.open_invitation(token)


def test_a_used_invitation_cannot_be_made_unused():
    token = invited()
    accept(token)
    tamper("DELETE FROM account")
    tamper("UPDATE invitation SET used_at = NULL")
    with pytest.raises(invitations.Closed):
        invitations.open_invitation(token)


def test_a_weak_password_or_wrong_digits_leave_the_invitation_open():
    token = invited()
    with pytest.raises(invitations.WeakPassword):
        accept(token, "siti12345678")
    with pytest.raises(invitations.WrongCode):
        invitations.open_invitation(token).accept(token, PASSWORD, "nothing")
    assert accept(token)


def test_inviting_again_closes_the_link_before():
    first, second = invited(), invited()
    with pytest.raises(invitations.Closed):
        invitations.open_invitation(first)
    assert invitations.open_invitation(second)


def test_a_name_that_is_taken_is_not_invited():
    an_account(login="siti")
    with pytest.raises(accounts.LoginTaken):
        invited("siti")


def test_a_name_taken_meanwhile_closes_the_link():
    token = invited()
    an_account(login="siti")
    with pytest.raises(invitations.Closed):
        invitations.open_invitation(token)


def test_a_withdrawn_invitation_is_closed_and_no_longer_waits():
    token = invited()
    (waiting,) = invitations.waiting()
    assert invitations.withdraw(waiting.id)
    assert not invitations.withdraw(waiting.id)
    assert invitations.waiting() == []
    with pytest.raises(invitations.Closed):
        invitations.open_invitation(token)


def test_neither_the_token_nor_the_name_can_be_read_in_the_database():
    token = invited()
    row = repr(db.session.execute(text("SELECT * FROM invitation")).one())
    assert token not in row
    assert "Aminah" not in row
    assert invitations.totp_secret(token) not in row


def test_the_same_link_always_shows_the_same_secret_and_another_link_another():
    token = invited()
    assert invitations.totp_secret(token) == invitations.totp_secret(token)
    assert invitations.totp_secret(token) != invitations.totp_secret(invited("ani"))
    assert len(invitations.totp_secret(token)) == 32


def test_used_and_run_out_invitations_are_forgotten_after_two_weeks():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        accept(invited("siti"))
        invited("ani")
        now.shift(timedelta(hours=48))
        invited("budi")
        now.shift(timedelta(days=14))
        invitations.purge()
        assert db.session.scalars(text("SELECT login FROM invitation")).all() == ["budi"]
