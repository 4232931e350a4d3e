"""Rows as lines of JSON and back, for a backup that fits either kind of database."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import JSON, Connection, DateTime, Integer, Table, Uuid, bindparam, func, null, select, text

_SET_NUMBER = text(
    "SELECT setval(s, :last) FROM pg_get_serial_sequence(quote_ident(:table), :column) AS s"
    " WHERE s IS NOT NULL"
)


def written(part: Sequence[Mapping[str, object]]) -> bytes:
    lines = (
        json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False) for row in part
    )
    return "".join(line + "\n" for line in lines).encode()


def insert(connection: Connection, table: Table, parts: Iterable[bytes]) -> int:
    """Fill an empty table and count its rows. A row may point at one that comes later in the table."""
    pointing = [
        column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)
    ]
    count, later = 0, []
    for part in parts:
        batch = [_fitted(json.loads(line), table) for line in part.decode().split("\n") if line]
        for column in pointing:
            later += [(column, row) for row in batch if row[column.name] is not None]
        held_back = {column.name: None for column in pointing}
        for row in batch:  # one by one, so that SQL's NULL and JSON's can stand side by side
            connection.execute(table.insert(), row | held_back)
        count += len(batch)
    _point(connection, table, later)
    _continue_numbering(connection, table)
    return count


def _point(connection: Connection, table: Table, later: list) -> None:
    (key,) = table.primary_key.columns if len(table.primary_key.columns) == 1 else (None,)
    for column, row in later:
        query = table.update().where(key == bindparam("_key")).values({column.name: row[column.name]})
        connection.execute(query, {"_key": row[key.name]})


def _continue_numbering(connection: Connection, table: Table) -> None:
    """PostgreSQL counts apart from the rows and would begin at one again."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer) and (last := connection.scalar(select(func.max(column)))):
            connection.execute(_SET_NUMBER, {"last": last, "table": table.name, "column": column.name})


def _plain(value: object) -> object:
    """Plain values stand as they are; the rest says in one letter what it is."""
    match value:
        case bytes():
            return {"b": b64encode(value).decode()}
        case datetime():
            return {"t": (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()}
        case UUID():
            return value.hex
        case dict() | list():
            return {"j": value}
        case _:
            return value


def _fitted(row: Mapping[str, object], table: Table) -> dict[str, object]:
    return {name: _fit(_meant(value), table.columns[name].type) for name, value in row.items()}


def _meant(value: object) -> object:
    match value:
        case {"b": content}:
            return b64decode(content)
        case {"t": moment}:
            return datetime.fromisoformat(moment)
        case {"j": content}:
            return content
        case _:
            return value


def _fit(value: object, kind: object) -> object:
    if value is None:
        return null() if isinstance(kind, JSON) else None
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, DateTime) and not kind.timezone:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
