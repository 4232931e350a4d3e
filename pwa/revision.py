"""Which shape the database has and which one this version needs. Alone here because every start asks, and what migrates is
slow to load."""

from sqlalchemy import inspect, text

from pwa import db, places

VERSIONS = places.PACKAGE / "migrations" / "versions"


def current() -> str | None:
    """Of the connected database; `None` before the first migration."""
    with db.reading(), db.engine().begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def newest() -> str:
    """Migrations stand in one straight line, so the highest number is the last."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
