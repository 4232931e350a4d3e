"""The database's shape: what the migrations build is what the models say, on both kinds, with rows in it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, func, inspect, select

from pwa import (
    attachments,
    audit,
    clock,
    db,
    diary,
    keys,
    models,
    places,
    receipts,
    revision,
    schema,
    telling,
    trips,
)
from pwa.attachments import Attachment
from pwa.cli.init import fill_database
from pwa.outcomes import Next, Outcome
from tests.conftest import let_go
from tests.factories import a_closed_visit, a_report, an_account


@pytest.fixture
def migrated(new_database_url):
    """An empty database, migrated step by step to the newest revision."""
    db.connect(new_database_url)
    schema.upgrade()
    yield db.engine()
    let_go()


def counted() -> dict[str, int]:
    found = MetaData()
    with db.reading(), db.engine().connect() as connection:
        found.reflect(connection)
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in found.sorted_tables
        }


def test_the_migrations_build_what_the_models_say(migrated):
    assert schema.check() == [], "Run `make migration NAME=what_changes`."
    assert revision.current() == revision.newest()


def test_migrating_again_changes_nothing(migrated):
    fill_database()
    before = counted()
    schema.upgrade()
    fill_database()
    assert counted() == before
    assert before["kelurahan"] == 67
    assert before["kecamatan"] == 6


def test_every_step_goes_down_and_up_again_with_rows_in_the_tables(database, settings):
    officer = an_account()
    report = a_report(settings, story="x")
    audit.record("opened", by=officer, kind="report", object_id=report.id)
    two_visits_that_were_held(officer)
    db.session.commit()
    before = counted()
    assert min(before[name] for name in ("visit", "booking", "trip", "outcome")) > 0
    for step in _revisions()[:-1]:
        schema.downgrade(step.down_revision)
        assert revision.current() == step.down_revision
        schema.upgrade()
        assert schema.check() == []
    assert counted().keys() == before.keys()
    schema.downgrade("base")
    assert set(inspect(db.engine()).get_table_names()) <= {"alembic_version"}
    schema.upgrade()
    assert schema.check() == []


def two_visits_that_were_held(officer) -> None:
    """One with a trip, and one to which nobody travelled."""
    start = clock.now()
    for number in range(2):
        visit, begins = a_closed_visit(), start + number * timedelta(hours=2)
        ends = begins + timedelta(hours=1)
        diary.book(visit, [officer.id], begins, ends, buffer=timedelta())
        if number:
            trips.plan(
                visit, counsellor_id=officer.id, buddy_id=None, start=begins, end=ends, grace=timedelta()
            )
        db.session.add(Outcome(visit_id=visit, next=Next.NONE, reason="cukup", by_id=officer.id))


def test_photos_that_were_there_before_recordings_stay_where_they_are(database, settings):
    number = receipts.new_number()
    a_report(settings, number, story="x")
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    how = {"language": "id", "body_hash": bytes(32), "room": True}
    attachments.put(
        uuid4(), attachments.Kind.PHOTO, b"\xff\xd8\xff", sealer.stretch(number).lookup, sealer.key, **how
    )
    db.session.commit()
    (before,) = db.session.scalars(select(Attachment)).all()
    facts = before.id, before.kind, before.position, before.label, before.body_hash, before.received_at
    db.session.remove()
    schema.downgrade("0013")
    schema.upgrade()
    (after,) = db.session.scalars(select(Attachment)).all()
    assert (after.id, after.kind, after.position, after.label, after.body_hash, after.received_at) == facts


def test_a_step_that_breaks_halfway_leaves_the_database_as_it_was(database, monkeypatch):
    before = counted()
    go_down = schema.command.downgrade

    def break_off(*arguments):
        go_down(*arguments)
        raise InterruptedError

    monkeypatch.setattr(schema.command, "downgrade", break_off)
    with pytest.raises(InterruptedError):
        schema.downgrade("base")
    assert counted() == before


def test_foreign_keys_are_watched_again_after_migrating(sqlite_url):
    db.connect(sqlite_url)
    schema.upgrade()
    with db.engine().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    let_go()


def test_revisions_are_numbered_in_one_line():
    numbers = [step.revision for step in _revisions()[::-1]]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_every_module_with_tables_is_imported_by_models():
    named = {
        path.stem for path in places.PACKAGE.glob("*.py") if "db.Model)" in path.read_text(encoding="utf-8")
    }
    assert named <= set(vars(models))


def test_every_table_can_be_restored_parents_first():
    """`sorted_tables` warns, and warnings are errors, when tables point at each other in a circle."""
    assert len(db.Model.metadata.sorted_tables) == len(db.Model.metadata.tables)


def _revisions() -> list:
    """The newest first."""
    return list(ScriptDirectory.from_config(schema.config()).walk_revisions())
