"""What was typed, kept for a few minutes so that a POST can answer 303 and the next page can still show it.

Each page keeps one thing a session, sealed under a key that only the session's cookie holds; the database sees
noise. When the database itself is gone, a small shelf in memory keeps the text until she has copied or sent it.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, Select, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db

KEPT_FOR = timedelta(minutes=10)
_SHELF_SIZE = 200


class Stash(db.Model):
    """`slot` is a keyed hash of session and page; nobody can tell whose it is."""

    __tablename__ = "stash"

    slot: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


_shelf: OrderedDict[bytes, tuple[bytes, datetime]] = OrderedDict()


def keep(session_key: bytes, page: str, things: Mapping[str, object]) -> None:
    """Replace what this page keeps; the caller commits."""
    slot = _slot(session_key, page)
    _shelf.pop(slot, None)
    db.session.merge(
        Stash(slot=slot, box=_close(session_key, slot, things), expires_at=clock.now() + KEPT_FOR)
    )


def keep_without_database(session_key: bytes, page: str, things: Mapping[str, object]) -> None:
    slot = _slot(session_key, page)
    _shelf[slot] = (_close(session_key, slot, things), clock.now() + KEPT_FOR)
    while len(_shelf) > _SHELF_SIZE:
        _shelf.popitem(last=False)


def fetch(session_key: bytes, page: str) -> dict[str, object] | None:
    """What the page kept and has not outlived; still there with the database gone."""
    return fetch_all(session_key, page)[0]


def fetch_all(session_key: bytes, *pages: str) -> list[dict[str, object] | None]:
    """The same for several pages, in one question to the database."""
    slots = [slot for slot in (_slot(session_key, page) for page in pages) if slot not in _shelf]
    rows: dict[bytes, Stash] = {}
    try:
        if slots:
            rows = {row.slot: row for row in db.session.scalars(select(Stash).where(Stash.slot.in_(slots)))}
    except SQLAlchemyError:
        db.session.rollback()
    return [found(session_key, page, rows.get(_slot(session_key, page))) for page in pages]


def asked_for(session_key: bytes, page: str) -> Select[tuple[Stash]]:
    """For a page that asks for other things in the same breath; `found` opens what came."""
    return select(Stash).where(Stash.slot == _slot(session_key, page))


def found(session_key: bytes, page: str, kept: Stash | None = None) -> dict[str, object] | None:
    slot = _slot(session_key, page)
    box, expires_at = _shelf.get(slot, (kept.box, kept.expires_at) if kept else (b"", clock.now()))
    if expires_at <= clock.now():
        return None
    return _open(session_key, slot, box)


def forget(session_key: bytes, *pages: str) -> None:
    """The caller commits."""
    slots = [_slot(session_key, page) for page in pages]
    for slot in slots:
        _shelf.pop(slot, None)
    db.session.execute(delete(Stash).where(Stash.slot.in_(slots)))


def purge() -> None:
    for slot in [slot for slot, (_, expires_at) in _shelf.items() if expires_at < clock.now()]:
        del _shelf[slot]
    db.session.execute(delete(Stash).where(Stash.expires_at < clock.now()))


def _slot(session_key: bytes, page: str) -> bytes:
    return digest(session_key, f"stash/{page}".encode(), sha256)


def _key(session_key: bytes) -> bytes:
    return digest(session_key, b"stash key", sha256)


def _close(session_key: bytes, slot: bytes, things: Mapping[str, object]) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(_key(session_key)).encrypt(nonce, json.dumps(things).encode(), slot)


def _open(session_key: bytes, slot: bytes, box: bytes) -> dict[str, object] | None:
    try:
        return json.loads(AESGCM(_key(session_key)).decrypt(box[:12], box[12:], slot))
    except InvalidTag:
        return None
