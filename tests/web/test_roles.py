"""Each part of the house has its own doors and its own keys: who takes over one has not taken over the other."""

import shutil
from uuid import uuid4

import pytest
from sqlalchemy import text

from pwa import accounts, db, keyring, keys, rooms, vault
from pwa.accounts import Account
from pwa.reports import Report
from pwa.settings import Role
from pwa.vault import Locked
from tests.conftest import settings_for
from tests.factories import a_report, an_account

RESIDENT_PATHS = ("/", "/cerita", "/kabar")
OFFICE_PATHS = ("/masuk",)


@pytest.fixture
def app_in(data_dir, database_url, app_for):
    def started(role: Role):
        return app_for(settings_for(data_dir, database_url, role=role))

    return started


def names(rooms) -> set[str]:
    return {room.name for room in rooms}


@pytest.mark.parametrize(
    ("role", "doors"),
    [
        (Role.PUBLIC, names(rooms.of_residents())),
        (Role.OFFICE, names(rooms.of_office())),
        (Role.DELIVER, set()),
        (Role.ALL, names(rooms.of_residents()) | names(rooms.of_office())),
    ],
)
def test_a_role_has_its_own_doors_and_no_others(app_in, role, doors):
    assert set(app_in(role).blueprints) == doors | {"system", "language", "leaving", "offline", "push"}


@pytest.mark.parametrize(
    ("role", "open_paths", "shut_paths"),
    [(Role.PUBLIC, RESIDENT_PATHS, OFFICE_PATHS), (Role.OFFICE, OFFICE_PATHS, RESIDENT_PATHS)],
)
def test_the_other_partys_doors_are_not_there(app_in, role, open_paths, shut_paths):
    visitor = app_in(role).test_client()
    for path in open_paths:
        assert visitor.get(path).status_code == 200, path
    for path in shut_paths:
        assert visitor.get(path).status_code == 404, path


def test_the_public_part_starts_without_any_private_key_on_the_machine(data_dir, database_url, app_for):
    shutil.rmtree(data_dir / "keys" / "office")
    public = app_for(settings_for(data_dir, database_url, role=Role.PUBLIC))
    assert public.test_client().get("/").status_code == 200


def test_the_office_does_not_start_without_its_keys(data_dir, database_url, app_for):
    shutil.rmtree(data_dir / "keys" / "office")
    with pytest.raises(keys.KeyTrouble):
        app_for(settings_for(data_dir, database_url, role=Role.OFFICE))


def test_the_public_part_takes_in_what_it_can_never_open(database, settings, app_in):
    told = a_report(settings, story="x")
    app_in(Role.PUBLIC)
    report = db.session.get(Report, told.id)
    with pytest.raises(Locked):
        keyring.unseal(report.label, report.envelope)


def test_the_public_part_can_neither_read_nor_write_what_staff_write(database, settings, app_in):
    officer = an_account(name="Ibu Petugas")
    app_in(Role.PUBLIC)
    with pytest.raises(Locked):
        vault.current()
    with pytest.raises(Locked):
        db.session.get(Account, officer.id)
    db.session.rollback()
    with pytest.raises(Locked):
        an_account()


def test_a_role_that_starts_after_another_keeps_nothing_of_it(app_in):
    app_in(Role.OFFICE)
    assert vault.current()
    app_in(Role.PUBLIC)
    with pytest.raises(Locked):
        vault.current()


def test_an_account_written_by_a_taken_over_public_part_cannot_sign_in(database, settings, app_in):
    """It knows the table and a password's hash, but not the office's mark."""
    honest = an_account("admin", login="admin1")
    row = db.session.execute(text("SELECT * FROM account")).mappings().one()
    id = uuid4()
    forged = dict(row) | {"login": "intruder", "id": id.hex if isinstance(row["id"], str) else id}
    columns = ", ".join(forged)
    values = ", ".join(f":{name}" for name in forged)
    db.session.execute(text(f"INSERT INTO account ({columns}) VALUES ({values})"), forged)
    db.session.commit()
    app_in(Role.OFFICE)
    assert accounts.by_login(honest.login) is not None
    assert accounts.by_login("intruder") is None
