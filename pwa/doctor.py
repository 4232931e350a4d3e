"""Looks at an installation with an operator's eyes: every finding is one sentence about what to do."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from pwa import audit, clock, db, keyring, keys, paper, revision, schema, vault
from pwa.settings import Role, Settings

_FREE_AT_LEAST = 1024**3
_CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    sentence: str


class Wrong(Exception):
    """Something to put right; the message is the sentence for the operator."""


def examine(settings: Settings, passphrase: bytes | None = None) -> Iterator[Finding]:
    """One finding after the other; the session must be connected."""
    for name, look in _checks(settings, passphrase):
        try:
            sentence = look()
        except (Wrong, keys.KeyTrouble) as error:
            yield Finding(name, False, str(error))
        except SQLAlchemyError as error:
            db.session.rollback()
            yield Finding(name, False, f"The database does not answer this ({type(error).__name__}).")
        except OSError as error:
            yield Finding(name, False, f"{error.filename} cannot be read ({error.strerror}).")
        else:
            yield Finding(name, True, sentence)


def _checks(settings: Settings, passphrase: bytes | None) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "data directory", lambda: _data_directory(settings.data_dir)
    yield "disk space", lambda: _disk_space(settings.data_dir)
    yield "clock", lambda: _clock(settings)
    yield "database", _database
    yield "schema", _schema
    if settings.is_sqlite:
        yield "database file", lambda: _database_file(settings)
    if settings.role.serves_office:
        yield "keys", lambda: _keys(settings, passphrase)
        yield "vault", lambda: _vault(settings, passphrase)
        yield "key on paper", lambda: _paper(settings)
        yield "audit", _audit
    else:
        yield "keys", lambda: _public_key_alone(settings)
    if settings.role is not Role.ALL:
        yield "origins", lambda: _origins(settings)


def _data_directory(folder: Path) -> str:
    mode = stat.S_IMODE(folder.stat().st_mode) if folder.is_dir() else None
    if mode is None:
        raise Wrong(f"{folder} is missing. Run `pwa init`.")
    if mode & 0o077:
        raise Wrong(f"{folder} is open to others on this machine. Run: chmod 700 {folder}")
    return "Only this user can look in."


def _disk_space(folder: Path) -> str:
    free = shutil.disk_usage(folder if folder.is_dir() else folder.parent).free
    if free < _FREE_AT_LEAST:
        raise Wrong(f"Only {free // 1024**2} MB are free. Make room before reports cannot be taken.")
    return f"{free // 1024**3} GB are free."


def _clock(settings: Settings) -> str:
    newest = max(key.created_at for key in keys.public_keys(settings.key_dir))
    if clock.now() + _CLOCK_SLACK < newest:
        raise Wrong("The clock is behind the newest key. Set it, and turn time synchronisation on.")
    if ZoneInfo("Asia/Jakarta").utcoffset(clock.now()) != timedelta(hours=7):
        raise Wrong("This machine's time zone data is wrong for Jakarta.")
    return f"It is {clock.now().astimezone(clock.JAKARTA):%Y-%m-%d %H:%M} in Jakarta."


def _database() -> str:
    with db.reading():
        db.alive()
        db.session.rollback()
    return f"{db.engine().dialect.name} answers."


def _schema() -> str:
    if revision.current() != revision.newest():
        raise Wrong(
            f"It is at {revision.current()}, this version needs {revision.newest()}. Run `pwa migrate`."
        )
    if schema.check():
        raise Wrong("Tables differ from what this version expects. Somebody changed them by hand.")
    return f"It is at {revision.current()}, as this version needs."


def _database_file(settings: Settings) -> str:
    path = Path(make_url(settings.database_url).database or "")
    if path.stat().st_mode & 0o077 and path.parent.stat().st_mode & 0o077:
        raise Wrong(f"Others on this machine can read {path}. Run: chmod 600 {path}")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    with db.reading(), db.engine().connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        damaged = connection.exec_driver_sql("PRAGMA quick_check").scalar() != "ok"
    if damaged:
        raise Wrong("SQLite finds the file damaged. Stop serving and restore a backup.")
    if found != wanted:
        raise Wrong("SQLite does not keep its promises here (WAL, full sync, secure delete).")
    return "Whole, written through to the disk, and deleted rows are wiped."


def _keys(settings: Settings, passphrase: bytes | None) -> str:
    held = keys.private_keys(settings.key_dir, settings.office_key_dir, passphrase)
    if settings.office_key_dir.stat().st_mode & 0o077:
        raise Wrong(f"Run: chmod 700 {settings.office_key_dir}")
    return f"{len(held)} of {len(keys.public_keys(settings.key_dir))} keys open what was told."


def _vault(settings: Settings, passphrase: bytes | None) -> str:
    held = keys.private_keys(settings.key_dir, settings.office_key_dir, passphrase)
    vault.use(keys.open_vault(settings.office_key_dir, held))
    keyring.use(held)
    if keys.vault_key_id(settings.office_key_dir) != keys.sealing_key(settings.key_dir).id:
        raise Wrong("The vault is not sealed to the newest key. Run `pwa key new` once more.")
    return "Opens, and is sealed to the newest key."


def _paper(settings: Settings) -> str:
    newest = keys.sealing_key(settings.key_dir)
    day = paper.rehearsed_on(newest.id)
    if day is None:
        raise Wrong("Nobody has proved the newest key's sheet. Run `pwa key paper`, then `pwa key rehearse`.")
    return f"Proved on {day}."


def _audit() -> str:
    verdict = audit.verify()
    db.session.rollback()
    if not verdict.ok:
        raise Wrong(
            f"The chain is broken at entry {verdict.broken_at}. Tell the manajer; see `pwa audit verify`."
        )
    return f"{verdict.count} entries, unbroken."


def _public_key_alone(settings: Settings) -> str:
    """Reads as this process would: so run it as the service's own user."""
    newest = keys.sealing_key(settings.key_dir)
    folder = settings.office_key_dir
    if folder.exists() and os.access(folder, os.R_OK | os.X_OK):
        raise Wrong(
            f"This role can read {folder}. Keep office keys on another machine or under another user."
        )
    return f"Seals to {newest.id.hex()} and cannot open anything."


def _origins(settings: Settings) -> str:
    if settings.is_one_house:
        raise Wrong(
            "PWA_PUBLIC_URL and PWA_OFFICE_URL are the same: the public pages could speak for the office."
        )
    if not settings.https:
        raise Wrong("PWA_PUBLIC_URL is not https: phones will neither keep nor seal anything.")
    return "Residents and staff have origins of their own."
