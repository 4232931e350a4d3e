"""The doctor finds what would hurt people later, and says what to do in one sentence."""

import os
import shutil
from datetime import UTC, datetime

import time_machine
from sqlalchemy import text

from pwa import db, doctor
from pwa.settings import Role
from tests.conftest import settings_for


def findings(settings) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine(settings)}


def ill(settings) -> set[str]:
    return {name for name, finding in findings(settings).items() if not finding.ok}


def test_a_fresh_installation_lacks_only_a_proved_sheet(database, settings):
    assert ill(settings) == {"key on paper"}


def test_a_data_directory_others_can_open(database, settings):
    settings.data_dir.chmod(0o755)
    assert "data directory" in ill(settings)


def test_private_keys_others_can_read(database, settings):
    next(settings.office_key_dir.glob("*.pem")).chmod(0o644)
    assert {"keys", "vault"} <= ill(settings)


def test_tables_changed_by_hand(database, settings):
    db.session.execute(text("DROP TABLE contact_try"))
    db.session.commit()
    assert "schema" in ill(settings)


def test_a_clock_that_went_back(database, settings):
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        assert "clock" in ill(settings)


def test_a_disk_that_is_nearly_full(database, settings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))
    assert "disk space" in ill(settings)


def test_a_shortened_audit(database, settings):
    from pwa import audit

    for _ in range(2):
        audit.record("opened", by=None, kind="report")
    db.session.execute(text("DELETE FROM audit WHERE seq = 2"))
    db.session.commit()
    assert "audit" in ill(settings)


def test_a_database_that_is_gone_is_said_not_raised(data_dir):
    settings = settings_for(data_dir, f"sqlite:///{data_dir}/nowhere/at/all.db")
    db.connect(settings.database_url)
    assert {"database", "schema", "audit"} <= ill(settings)
    db.session.remove()


def test_a_public_role_that_cannot_reach_the_office_keys(database, data_dir, settings, monkeypatch):
    look = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != settings.office_key_dir and look(path, mode))
    assert "keys" not in ill(settings_for(data_dir, settings.database_url, role=Role.PUBLIC))


def test_a_public_role_that_could_read_the_office_keys(database, data_dir, settings):
    public = settings_for(data_dir, settings.database_url, role=Role.PUBLIC)
    found = findings(public)
    assert not found["keys"].ok
    assert "another user" in found["keys"].sentence
    assert "audit" not in found
    shutil.rmtree(settings.office_key_dir)
    assert findings(public)["keys"].ok


def test_roles_apart_need_origins_apart(database, data_dir, settings):
    office = {"role": Role.OFFICE, "public_url": "https://sapa.example.id"}
    assert "origins" in ill(
        settings_for(data_dir, settings.database_url, office_url="https://sapa.example.id", **office)
    )
    apart = settings_for(data_dir, settings.database_url, office_url="https://kantor.example.id", **office)
    assert "origins" not in ill(apart)
