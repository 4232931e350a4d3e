"""One file that brings the whole office back, with the key on paper: rows, public keys, sealed vault.

Rows are read in one snapshot while people go on working, and written as lines of JSON: one file fits SQLite
and PostgreSQL. What is sealed stays sealed, and no private key ever goes in.
"""

import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, inspect, select

from pwa import clock, db, revision, rows, schema
from pwa.settings import Settings

_FORMAT = 1
_MANIFEST = "manifest.json"
# Gone within a day by themselves: a backup must not keep them longer than the house does.
_FLEETING = {"alembic_version", "limit_counter", "login", "piece", "stash", "upload"}
_PER_PART = 500  # rows in one part of the archive: what is held in memory at a time
_FEW_PER_PART = {"attachment": 10}
_NAMES = re.compile(r"keys/[0-9a-f]{16}\.pub|keys/vault\.sealed|rows/[a-z_]+/\d{6}\.jsonl|manifest\.json")

Tell = Callable[[str, int], None]


class Refused(Exception):
    """Nothing was written; the message says what stands in the way."""


def write(path: Path, settings: Settings, tell: Tell) -> None:
    """`tell` hears each table's name and its number of rows. Raises `Refused` over an existing file."""
    if path.exists():
        raise Refused(f"{path} is already there.")
    shape = revision.current()
    if shape is None:
        raise Refused("There is no database to back up. Run `pwa init`.")
    with (
        _written_whole(path) as file,
        tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as archive,
    ):
        sums = dict(_put(archive, name, content) for name, content in _members(settings, tell))
        manifest = {"format": _FORMAT, "schema": shape, "made_at": clock.now().isoformat(), "sha256": sums}
        _put(archive, _MANIFEST, json.dumps(manifest, indent=1).encode())


def restore(path: Path, settings: Settings, tell: Tell) -> None:
    """Only into an empty database and a data directory without keys. Raises `Refused`."""
    if any(settings.key_dir.glob("*.pub")) or any(settings.office_key_dir.glob("*")):
        raise Refused(f"There are keys in {settings.key_dir} already.")
    if set(inspect(db.engine()).get_table_names()) - {"alembic_version"}:
        raise Refused("The database is not empty.")
    manifest = _checked(path)
    try:
        schema.upgrade(manifest["schema"])
    except CommandError:
        raise Refused(
            f"This backup is of schema {manifest['schema']}, which this version does not know."
        ) from None
    try:
        _restore_rows(path, tell)
    except Exception:
        schema.downgrade("base")  # so that it can be tried again
        raise
    schema.upgrade()
    _restore_keys(path, settings)


def _members(settings: Settings, tell: Tell) -> Iterator[tuple[str, bytes]]:
    for key in sorted(settings.key_dir.glob("*.pub")):
        yield f"keys/{key.name}", key.read_bytes()
    yield "keys/vault.sealed", (settings.office_key_dir / "vault.sealed").read_bytes()
    with _snapshot() as connection:
        for table in _tables(connection):
            count = 0
            size = _FEW_PER_PART.get(table.name, _PER_PART)
            found = connection.execution_options(yield_per=size).execute(select(table))
            for number, part in enumerate(found.mappings().partitions()):
                count += len(part)
                yield f"rows/{table.name}/{number:06}.jsonl", rows.written(part)
            tell(table.name, count)


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """Everything read through this connection is of one moment, and nobody waits for it."""
    db.session.remove()
    engine = db.engine()
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with db.reading(), engine.connect() as connection, connection.begin():
        yield connection


def _tables(connection: Connection) -> list:
    """As they stand in the database, parents first: the models may already be newer, or still older."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in _FLEETING]


def _restore_rows(path: Path, tell: Tell) -> None:
    with db.engine().begin() as connection:
        tables = {table.name: table for table in _tables(connection)}
        parts: dict[str, list[str]] = {name: [] for name in tables}
        with _opened(path) as archive:
            for name in archive.getnames():
                if name.startswith("rows/"):
                    parts[name.split("/")[1]].append(name)
            for name, table in tables.items():
                read = (archive.extractfile(part).read() for part in parts[name])
                tell(name, rows.insert(connection, table, read))


def _restore_keys(path: Path, settings: Settings) -> None:
    settings.key_dir.mkdir(parents=True, exist_ok=True)
    settings.office_key_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _opened(path) as archive:
        for name in archive.getnames():
            if name.startswith("keys/"):
                private = name.endswith("vault.sealed")
                folder = settings.office_key_dir if private else settings.key_dir
                target, mode = folder / Path(name).name, 0o600 if private else 0o644
                with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                    file.write(archive.extractfile(name).read())


def _checked(path: Path) -> dict:
    """The manifest, once every part was found as it says. Raises `Refused`."""
    try:
        with _opened(path) as archive:
            names = archive.getnames()
            manifest = json.loads(archive.extractfile(_MANIFEST).read())
            sums = {name: _sum(archive.extractfile(name).read()) for name in names if name != _MANIFEST}
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
        raise Refused(f"{path} is not a whole backup ({type(error).__name__}).") from error
    if len(set(names)) != len(names) or not all(map(_NAMES.fullmatch, names)) or sums != manifest["sha256"]:
        raise Refused(f"{path} was changed or is damaged: its parts are not what its manifest says.")
    if manifest["format"] != _FORMAT:
        raise Refused(f"{path} was made by a newer version.")
    return manifest


@contextmanager
def _written_whole(path: Path) -> Iterator[io.BufferedWriter]:
    """Readable by nobody else, and under its name only once it is complete and on the disk."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _opened(path: Path) -> tarfile.TarFile:
    return tarfile.open(path, mode="r:gz")


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> tuple[str, str]:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))
    return name, _sum(content)


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()
