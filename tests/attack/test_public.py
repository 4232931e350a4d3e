"""Somebody has taken over the public process: with everything it holds, nothing that was told can be opened."""

import shutil

import pytest
from sqlalchemy import select

from pwa import accounts, answers, db, keyring, keys, logins, unpacking, vault
from pwa.answers import Answer, ReplyKey
from pwa.receipts import Receipt
from pwa.reports import Report
from pwa.settings import Role
from pwa.vault import Locked
from tests.conftest import settings_for
from tests.factories import a_report, an_account

STORY = "yang-diceritakan"


@pytest.fixture
def taken_over(database, settings, data_dir, app_for):
    """The public app on a machine that never had the office's keys, beside a database full of the office's rows."""
    keyring.use(keys.private_keys(settings.key_dir, settings.office_key_dir))
    report = a_report(settings, story=STORY)
    officer = an_account("admin", login="petugas")
    unpacking.unpack_arrived()
    answers.answer(
        db.session.get(Receipt, report.receipt_id), "jawaban", sort=answers.Sort.REPLY, by=officer.id
    )
    db.session.commit()
    shutil.rmtree(data_dir / "keys" / "office")
    return app_for(settings_for(data_dir, settings.database_url, role=Role.PUBLIC))


def test_it_cannot_open_a_single_envelope(taken_over):
    report = db.session.scalars(select(Report)).one()
    with pytest.raises(Locked):
        keyring.unseal(report.label, report.envelope)
    with pytest.raises(Locked):
        unpacking.unpack(report)


@pytest.mark.parametrize(
    "attempt",
    [
        vault.current,
        lambda: db.session.scalars(select(ReplyKey)).all(),
        lambda: db.session.scalars(select(Answer.said)).all(),
        accounts.everybody,
        lambda: accounts.with_password("petugas", "a long and quiet password"),
        lambda: an_account("admin"),
        lambda: logins.wait_before_try("petugas", b"n"),
    ],
)
def test_it_can_neither_read_nor_make_what_belongs_to_the_office(taken_over, attempt):
    with pytest.raises(Locked):
        attempt()
    db.session.rollback()


def test_it_cannot_load_keys_that_are_not_there(taken_over, data_dir):
    with pytest.raises(keys.KeyTrouble):
        keys.private_keys(data_dir / "keys", data_dir / "keys" / "office")


@pytest.mark.parametrize("path", ["/masuk", "/kantor/laporan", "/kelola/pengguna", "/akun", "/undangan/x"])
def test_it_has_no_door_to_the_office(taken_over, path):
    assert taken_over.test_client().get(path).status_code == 404
    assert taken_over.test_client().post(path, data={"login": "petugas"}).status_code in (403, 404)


def test_nothing_private_is_left_in_its_memory_of_settings(taken_over):
    held = repr({**taken_over.config, "SETTINGS": vars(taken_over.config["SETTINGS"])})
    assert "PRIVATE" not in held
    assert not taken_over.config.get("SECRET_KEY")
