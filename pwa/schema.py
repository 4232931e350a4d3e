"""The database's shape over time: Alembic through its own API, without an ini file.

Every step runs in one transaction that holds off other migrating processes, so a broken step leaves nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from pwa import db, places

SCRIPTS = places.PACKAGE / "migrations"
_LOCK = 7_311_052_019  # any number, as long as every process uses the same one


class BrokenReference(Exception):
    """A migration left rows behind that point at nothing; it was undone."""


def upgrade(revision: str = "head") -> None:
    with _migrating() as connection:
        command.upgrade(config(connection), revision)


def downgrade(revision: str) -> None:
    with _migrating() as connection:
        command.downgrade(config(connection), revision)


def check() -> list[str]:
    """What differs between the models and the connected database, one line each; empty when nothing does."""
    with db.reading(), db.engine().begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, db.Model.metadata)]


def config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _migrating() -> Iterator[Connection]:
    """One transaction in which no other process migrates."""
    db.session.remove()
    engine = db.engine()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _without_foreign_keys(connection), connection.begin():
                yield connection
                _refuse_broken_references(connection)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying and dropping it, and a drop would cascade into its children."""
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise BrokenReference(", ".join(sorted({row[0] for row in broken})))
