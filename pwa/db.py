"""One database behind one session: SQLite by default, PostgreSQL when more than one machine serves.

A request reads in an ordinary transaction and writes in one that takes SQLite's write lock at its start:
a reader that turned writer halfway would be refused by SQLite instead of waiting its turn. Writers of one process
queue before that: SQLite itself lets those who wait sleep, and the longest sleeper may starve.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from operator import eq
from threading import Lock

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Select,
    and_,
    cast,
    create_engine,
    event,
    func,
    inspect,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker
from sqlalchemy.types import TypeDecorator

_PATIENCE = 5  # seconds
_CONNECTIONS = 16  # one for each thread that serves or works, so that none is made and thrown away under load
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Model(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware out: SQLite alone would hand back naive times."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def __repr__(self) -> str:
        return "UtcDateTime()"

    def process_bind_param(self, value, dialect):
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without a zone means nothing here.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


def words(kind: type[StrEnum]) -> Enum:
    """A column for one of `kind`, stored as its kebab-case word and free to grow without a migration."""
    return Enum(
        kind, native_enum=False, length=24, values_callable=lambda members: [each.value for each in members]
    )


session = scoped_session(sessionmaker(autoflush=False, expire_on_commit=False))
_engine: Engine | None = None


def connect(url: str) -> Engine:
    """Point the session at `url`; whatever it pointed at before is let go."""
    from pwa import models  # noqa: F401 rows point at tables that this process may never use itself

    global _engine
    session.remove()
    if _engine is not None:
        _engine.dispose()
    _engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        pool_use_lifo=True,
        pool_pre_ping=not url.startswith("sqlite"),
    )
    if _engine.dialect.name == "sqlite":
        event.listen(_engine, "connect", _prepare_sqlite)
        _let_one_write_at_a_time(_engine)
    session.configure(bind=_engine)
    return _engine


def engine() -> Engine:
    if _engine is None:
        raise RuntimeError("db.connect() comes first")
    return _engine


@contextmanager
def reading() -> Iterator[None]:
    """Everything in this block only reads, so it need not queue for the write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def together(*queries: Select) -> list[list]:
    """What several queries find, each in its order, asked in one statement; each is for rows of another model.

    The keys they find stand one below the other, and every row is then fetched by its key.
    """
    models = [query.column_descriptions[0]["entity"] for query in queries]
    keys = [inspect(model).primary_key for model in models]
    spine = union_all(*(_keys_found(query, keys, at) for at, query in enumerate(queries))).subquery()
    place, *columns = spine.c
    asked = select(*models).select_from(spine).order_by(place)
    for query, model, key in zip(queries, models, keys, strict=True):
        own = [columns.pop(0) for _ in key]
        asked = asked.outerjoin(model, and_(*map(eq, key, own))).options(*query._with_options)
    rows = session.execute(asked).all()
    return [[row[at] for row in rows if row[at] is not None] for at in range(len(models))]


def insert(model: type[Model]):
    """An INSERT as this kind of database writes it: only such a one knows ON CONFLICT."""
    return (postgresql if engine().dialect.name == "postgresql" else sqlite).insert(model.__table__)


def insert_new(model: type[Model], row: dict[str, object]) -> bool:
    """False, and nothing changes, when something unique in it is there already; who writes it right now is waited for."""
    return session.execute(_insert_new(model, engine().dialect.name), row).rowcount == 1


def alive() -> bool:
    return session.scalar(select(1)) == 1


def _keys_found(query: Select, keys: Sequence[Sequence[Column]], mine: int) -> Select:
    """The keys of one query, numbered in its order, among the empty places of the others'."""
    place = func.row_number().over(order_by=query._order_by_clauses or None).label("place")
    found = (
        query.with_only_columns(place, *keys[mine]).subquery().c
    )  # in brackets, because it may have a limit
    columns = [
        (found[column.name] if at == mine else cast(null(), column.type)).label(
            f"{column.table.name}_{column.name}"
        )
        for at, key in enumerate(keys)
        for column in key
    ]
    return select(found.place, *columns)


@cache
def _insert_new(model: type[Model], dialect: str):
    return insert(model).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _prepare_sqlite(connection, record) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _let_one_write_at_a_time
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a receipt must survive a power cut
        f"busy_timeout={_PATIENCE * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",  # no sorting of rows in a file beside the database
    ):
        connection.execute(f"PRAGMA {pragma}")


def _let_one_write_at_a_time(engine: Engine) -> None:
    """A turn ends when the connection is given back; who waited too long takes the chance SQLite itself leaves."""
    turn = Lock()

    def begin(connection) -> None:
        if _reading.get():
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("writes"):
            connection.info["writes"] = turn.acquire(timeout=_PATIENCE)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def give_back(dbapi_connection, record) -> None:
        if record.info.pop("writes", False):
            turn.release()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)
