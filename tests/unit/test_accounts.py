from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pyotp
import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import text

from pwa import accounts, clock, db, invitations, logins
from pwa.accounts import StaffRole
from pwa.cli.user import user
from tests.factories import an_account

pytestmark = pytest.mark.usefixtures("database")

PASSWORD = "empat kata yang tenang"


def code_of(account, at=None) -> str:
    return pyotp.TOTP(account.totp_secret).at(at or clock.now())


def tamper(sql: str, **values) -> None:
    db.session.execute(text(sql), values)
    db.session.commit()
    db.session.expire_all()


def test_somebody_is_known_by_name_and_password_however_the_name_is_typed():
    account = an_account(login="siti", password=PASSWORD)
    assert accounts.with_password(" SITI ", PASSWORD) == account
    assert accounts.with_password("siti", PASSWORD + "!") is None
    assert accounts.with_password("nobody", PASSWORD) is None


def test_the_same_letters_from_another_keyboard_are_the_same_password():
    an_account(login="siti", password="caf\u00e9 yang tenang")
    assert accounts.with_password("siti", "cafe\u0301 yang tenang")


def test_name_and_secret_rest_sealed(at_full_cost):
    account = an_account(name="Siti Aminah")
    row = db.session.execute(text("SELECT name, totp_secret, password_hash FROM account")).one()
    assert b"Siti" not in bytes(row.name)
    assert account.totp_secret.encode() not in bytes(row.totp_secret)
    assert row.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_people_cannot_share_a_name():
    an_account(login="siti")
    with pytest.raises(accounts.LoginTaken):
        an_account(login="siti")


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "change",
    [
        "role = 'admin'",
        "login = 'ani'",
        "password_hash = 'x'",
        "generation = 7",
        "totp_last_step = 1",
        "created_at = '2020-01-01 00:00:00+00:00'",
        "disabled_at = '2020-01-01 00:00:00+00:00'",
        "mac = name",
        "name = totp_secret",
        "totp_secret = mac",
        "name = substr(mac, 1, 3)",
    ],
)
def test_an_account_that_somebody_else_changed_is_not_there(change):
    account_id = an_account(login="siti", password=PASSWORD).id
    if "substr" in change and db.engine().dialect.name == "sqlite":
        change = "name = x'010203'"
    tamper(f"UPDATE account SET {change}")
    assert accounts.find(account_id) is None
    assert accounts.by_login("siti") is None
    assert accounts.with_password("siti", PASSWORD) is None
    assert accounts.everybody() == []
    assert accounts.forged() == 1


def test_an_admin_written_by_the_public_database_account_does_not_exist():
    an_account(login="siti", password=PASSWORD)
    tamper(
        "INSERT INTO account (id, login, name, role, password_hash, totp_secret, totp_last_step, generation, "
        "created_at, mac) SELECT :id, 'intruder', name, 'admin', password_hash, totp_secret, 0, 0, "
        "created_at, mac FROM account",
        id=uuid4().hex,
    )
    assert accounts.with_password("intruder", PASSWORD) is None
    assert [account.login for account in accounts.everybody()] == ["siti"]
    assert accounts.forged() == 1


def test_the_six_digits_work_once():
    account = an_account()
    with time_machine.travel("2026-11-22 10:00:10Z", tick=False) as now:
        digits = code_of(account)
        assert account.spend_code(f"{digits[:3]} {digits[3:]}")
        db.session.commit()
        assert not account.spend_code(digits)
        now.shift(30)
        assert not account.spend_code(digits), "the digits before are still near, but were used"
        assert account.spend_code(code_of(account))


def test_digits_from_a_clock_half_a_minute_off_are_taken_and_older_ones_are_not():
    account = an_account()
    with time_machine.travel("2026-11-22 10:00:10Z", tick=False) as now:
        digits = code_of(account)
        now.shift(60)
        assert not account.spend_code(digits)
        now.shift(-30)
        assert account.spend_code(digits)


@pytest.mark.parametrize("code", ["", "000", "abcdef", "１２３４５６", "1234567"])
def test_nonsense_instead_of_six_digits_is_simply_wrong(code):
    assert not an_account().spend_code(code)


def test_somebody_shut_out_cannot_come_in_until_let_in_again():
    account = an_account(login="siti", password=PASSWORD)
    account.disable()
    db.session.commit()
    assert accounts.with_password("siti", PASSWORD) is None
    account.enable()
    db.session.commit()
    assert accounts.with_password("siti", PASSWORD) == account


def test_each_change_keeps_the_offices_mark():
    account = an_account(role="penerima", login="siti", password=PASSWORD)
    account.change_role(StaffRole.MANAJER, by=None)
    account.change_password("another quiet sentence")
    account.sign_out_everywhere()
    account.disable()
    account.enable()
    db.session.commit()
    db.session.expire_all()
    assert accounts.with_password("siti", "another quiet sentence").role == StaffRole.MANAJER


def test_the_last_active_admin_can_neither_be_shut_out_nor_become_something_else():
    gone, last = an_account(role="admin"), an_account(role="admin")
    gone.disable()
    db.session.commit()
    with pytest.raises(accounts.LastAdmin):
        last.disable()
    with pytest.raises(accounts.LastAdmin):
        last.change_role(StaffRole.MANAJER, by=None)


def test_a_forged_admin_does_not_count_as_another_admin():
    last, other = an_account(role="admin"), an_account(role="penerima")
    tamper("UPDATE account SET role = 'admin' WHERE login = :login", login=other.login)
    with pytest.raises(accounts.LastAdmin):
        accounts.find(last.id).disable()


def test_nobody_gives_themselves_another_role():
    admin = an_account(role="admin")
    an_account(role="admin")
    with pytest.raises(accounts.OwnRole):
        admin.change_role(StaffRole.MANAJER, by=admin)


@pytest.mark.parametrize(
    "password", ["short", "siti", "siti12345678", "password1234", "123456789012", "Bismillah!!!"]
)
def test_a_password_that_everybody_tries_first_is_weak(password):
    assert accounts.is_weak(password, "siti")


def test_four_quiet_words_are_not_weak():
    assert not accounts.is_weak(PASSWORD, "siti")


def test_the_same_digits_from_many_hands_at_once_work_for_one_of_them():
    account_id, digits = (account := an_account()).id, code_of(account)

    def come_in(_) -> bool:
        try:
            came = accounts.find(account_id).spend_code(digits)
            db.session.commit()
            return came
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(come_in, range(8))) == 1


@pytest.fixture
def pwa_user(settings):
    environ = {"PWA_DATA_DIR": str(settings.data_dir), "PWA_DATABASE_URL": settings.database_url}
    return lambda *words: CliRunner().invoke(user, words, env=environ)


def test_the_first_admin_is_invited_from_the_command_line(pwa_user):
    answer = pwa_user("add", "siti", "--role", "admin", "--name", "Siti Aminah")
    assert answer.exit_code == 0
    link, token = answer.output.strip().rsplit("/", 1)
    assert link == "http://127.0.0.1:8000/undangan"
    assert invitations.open_invitation(token).login == "siti"
    row = db.session.execute(text("SELECT action, account_id FROM audit")).one()
    assert tuple(row) == ("invited", None)


@pytest.mark.parametrize("login", ["x", "Siti", "si ti", "taken"])
def test_a_name_that_cannot_be_invited_is_refused_in_one_line(pwa_user, login):
    an_account(login="taken")
    answer = pwa_user("add", login, "--role", "admin", "--name", "Siti")
    assert answer.exit_code != 0
    assert "Traceback" not in answer.output


def test_the_command_line_lists_ends_and_shuts_out(pwa_user):
    account = an_account(login="siti", name="Siti Aminah")
    token = logins.start(account)
    db.session.commit()
    assert "Siti Aminah" in pwa_user("list").output
    assert pwa_user("revoke", "siti").exit_code == 0
    assert logins.find(token) is None
    assert pwa_user("disable", "siti").exit_code == 0
    assert not accounts.by_login("siti").is_active
    assert "disabled" in pwa_user("list").output
    assert pwa_user("disable", "nobody").exit_code == 1


def test_the_command_line_keeps_the_last_admin_and_tells_of_an_intruder(pwa_user):
    an_account(role="admin", login="siti")
    assert pwa_user("disable", "siti").exit_code == 1
    an_account(login="intruder")
    tamper("UPDATE account SET role = 'admin' WHERE login = 'intruder'")
    answer = pwa_user("list")
    assert (answer.exit_code, "intruder" in answer.output) == (1, False)
