"""Everything can burn down: one file and one sheet of paper bring the office back."""

import json
import stat
import tarfile
import threading

import pytest
from sqlalchemy import func, select

from pwa import audit, backup, db, keyring, keys, paper, revision, schema, vault
from pwa.accounts import Account
from pwa.backup import Refused
from pwa.receipts import Receipt
from pwa.reports import Report
from tests.conftest import settings_for
from tests.factories import a_report, an_account

STORY = "pintu belakang CANARY-7731"


def quietly(table: str, rows: int) -> None:
    pass


@pytest.fixture
def elsewhere(tmp_path, request):
    """Another machine, with nothing on it: `elsewhere("new_sqlite_url")`."""

    def made(database: str):
        return settings_for(tmp_path / "elsewhere", request.getfixturevalue(database))

    return made


@pytest.fixture
def told(database, settings):
    """A receipted report, an account and a chain of audit entries; and the sheet of paper."""
    officer = an_account("penerima", name="Ibu Petugas")
    report = a_report(settings, story=STORY)
    audit.record("opened", by=officer, kind="report", object_id=report.id)
    db.session.commit()
    key = keys.sealing_key(settings.key_dir)
    sheet = paper.written(keys.private_keys(settings.key_dir, settings.office_key_dir)[key.id])
    return report.id, officer.id, "\n".join(sheet)


@pytest.mark.parametrize("database_there", ["new_sqlite_url", "new_postgres_url"])
def test_a_told_report_is_read_again_after_everything_burned(
    told, settings, elsewhere, tmp_path, database_there
):
    report_id, officer_id, sheet = told
    path = tmp_path / "office.backup"
    backup.write(path, settings, quietly)
    vault.use(None)
    keyring.use({})

    fresh = elsewhere(database_there)
    db.connect(fresh.database_url)
    backup.restore(path, fresh, quietly)
    paper.restore(sheet, fresh)
    held = keys.private_keys(fresh.key_dir, fresh.office_key_dir)
    keyring.use(held)
    vault.use(keys.open_vault(fresh.office_key_dir, held))

    report = db.session.get(Report, report_id)
    assert keyring.unseal(report.label, report.envelope)["story"] == STORY
    assert db.session.get(Receipt, report.receipt_id) is not None
    assert db.session.get(Account, officer_id).name == "Ibu Petugas"
    assert audit.verify().ok
    assert audit.verify().count == 1
    assert schema.check() == []
    audit.record("opened", by=db.session.get(Account, officer_id), kind="report", object_id=report_id)
    db.session.commit()
    assert audit.verify().count == 2


def test_a_backup_holds_nothing_that_opens_it(told, settings, tmp_path):
    path = tmp_path / "office.backup"
    backup.write(path, settings, quietly)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as archive:
        names = archive.getnames()
        content = b"".join(archive.extractfile(name).read() for name in names)
    assert not [name for name in names if name.endswith(".pem")]
    assert b"PRIVATE KEY" not in content
    assert b"CANARY-7731" not in content
    assert b"Ibu Petugas" not in content
    assert not [name for name in names if name.startswith("rows/login/")]


def test_a_backup_is_of_one_moment_while_people_go_on_telling(told, settings, tmp_path):
    """Somebody tells us something between two tables: neither the row nor its receipt may be half there."""
    path, told_meanwhile = tmp_path / "office.backup", []

    def tell_more(table: str, rows: int) -> None:
        if not told_meanwhile:
            teller = threading.Thread(target=lambda: told_meanwhile.append(a_report(settings)))
            teller.start()
            teller.join()

    backup.write(path, settings, tell_more)
    assert len(told_meanwhile) == 1
    assert db.session.scalar(select(func.count()).select_from(Report)) == 2
    with tarfile.open(path) as archive:
        parts = {name: archive.extractfile(name).read() for name in archive.getnames()}
    rows = {name.split("/")[1]: content.splitlines() for name, content in parts.items() if "rows/" in name}
    assert len(rows["report"]) == len(rows["receipt"]) == 1


def test_nothing_is_overwritten(told, settings, tmp_path):
    path = tmp_path / "office.backup"
    backup.write(path, settings, quietly)
    with pytest.raises(Refused, match="already there"):
        backup.write(path, settings, quietly)
    with pytest.raises(Refused, match="keys"):
        backup.restore(path, settings, quietly)
    keyless = settings_for(tmp_path / "elsewhere", settings.database_url)
    with pytest.raises(Refused, match="not empty"):
        backup.restore(path, keyless, quietly)
    assert not (tmp_path / "elsewhere").exists()


def test_a_backup_that_broke_off_leaves_no_file(told, settings, tmp_path):
    path = tmp_path / "office.backup"

    def full_disk(table: str, rows: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        backup.write(path, settings, full_disk)
    assert list(tmp_path.glob("office*")) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("harm", ["cut", "flip", "swap"])
def test_a_damaged_backup_is_refused_and_changes_nothing(told, settings, elsewhere, tmp_path, harm):
    path = tmp_path / "office.backup"
    backup.write(path, settings, quietly)
    whole = path.read_bytes()
    if harm == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif harm == "flip":
        path.write_bytes(whole[:900] + bytes([whole[900] ^ 255]) + whole[901:])
    else:
        _with_another_report(path)
    fresh = elsewhere("new_sqlite_url")
    db.connect(fresh.database_url)
    with pytest.raises(Refused):
        backup.restore(path, fresh, quietly)
    assert revision.current() is None
    assert not fresh.key_dir.exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_of_a_newer_version_is_refused(told, settings, elsewhere, tmp_path, monkeypatch):
    path = tmp_path / "office.backup"
    with monkeypatch.context() as patch:
        patch.setattr(revision, "current", lambda: "9999")
        backup.write(path, settings, quietly)
    fresh = elsewhere("new_sqlite_url")
    db.connect(fresh.database_url)
    with pytest.raises(Refused, match="9999"):
        backup.restore(path, fresh, quietly)


def _with_another_report(path):
    """As an intruder would: another envelope put into the archive, the manifest left alone."""
    with tarfile.open(path) as archive:
        members = {name: archive.extractfile(name).read() for name in archive.getnames()}
    name = next(name for name in members if name.startswith("rows/report/"))
    row = json.loads(members[name]) | {"envelope": {"b": "AAAA"}}
    members[name] = json.dumps(row).encode()
    path.unlink()
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members.items():
            backup._put(archive, member, content)
