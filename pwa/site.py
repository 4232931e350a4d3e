"""A handful of facts about this installation that must travel with its data: the salt of all receipts, and the like."""

import os
from functools import cache

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pwa import db


class SiteFact(db.Model):
    __tablename__ = "site_fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


def get(name: str) -> bytes | None:
    fact = db.session.get(SiteFact, name)
    return fact and fact.value


def put(name: str, value: bytes) -> None:
    """Set or replace; the caller commits."""
    db.session.merge(SiteFact(name=name, value=value))


def salt() -> bytes:
    """The public salt under which every receipt of this site is stretched; made once by `pwa init`, read once a process."""
    return _salt(str(db.engine().url))


@cache
def _salt(url: str) -> bytes:
    value = get("receipt-salt")
    if value is None:
        raise LookupError("This database has no receipt salt yet. Run `pwa init`.")
    return value


def make_salt() -> None:
    if get("receipt-salt") is None:
        put("receipt-salt", os.urandom(16))
