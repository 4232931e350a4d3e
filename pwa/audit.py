"""Who did what to which thing, in a chain only the office can continue and nobody can quietly shorten."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, Row, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, vault

PAGE = 50
_START = bytes(32)
_NOT_OURS = (InvalidTag, ValueError)  # what reading a value raises that nobody of ours can have written
_LOCK = 7_311_052_020  # any number of its own, as long as every process uses the same one


class Actor(Protocol):
    """Whoever signs in; accounts stand above this module and are not known here."""

    id: UUID
    role: str


class Entry(db.Model):
    """`account_id` is no foreign key: what somebody did outlives the account. None is the command line."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    account_id: Mapped[UUID | None]
    role: Mapped[str | None] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(vault.Sealed("audit.reason"))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class Head(db.Model):
    """The one row that says where the chain ends, so that a cut-off tail is missed."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_genuine(self) -> bool:
        return hmac.compare_digest(self.mark, _head_mark(self.seq, self.mac))

    def move_to(self, entry: Entry) -> None:
        self.seq, self.mac, self.mark = entry.seq, entry.mac, _head_mark(entry.seq, entry.mac)


_METADATA = (Entry.seq, Entry.at, Entry.account_id, Entry.role, Entry.action, Entry.kind, Entry.object_id)


@dataclass(frozen=True)
class Verdict:
    """`broken_at` is the first entry that is not as it was written, or the first one missing."""

    ok: bool
    count: int
    head: str
    broken_at: int | None = None


def record(
    action: str, *, by: Actor | None, kind: str, object_id: object = None, reason: str | None = None
) -> Entry:
    """Add an entry in the caller's transaction; until it commits, every other writer of entries waits."""
    last, newest = _take_turn()
    entry = Entry(
        seq=max(last.seq if last else 0, newest) + 1, at=clock.now(),
        account_id=by and by.id, role=by and str(by.role), action=action, kind=kind,
        object_id=None if object_id is None else str(object_id), reason=reason,
        previous=_where_to_continue(last),
    )  # fmt: skip
    entry.mac = _chained(entry)
    last = last or Head(id=1)
    last.move_to(entry)
    db.session.add_all([entry, last])
    db.session.flush()
    return entry


def verify() -> Verdict:
    """Walk the whole chain; it must lead through the head as it was at the start, so nobody need wait."""
    noted = _last_head()
    seq, mac, passed = 0, _START, noted is None
    try:
        for entry in _entries():
            if (entry.seq, entry.previous, entry.mac) != (seq + 1, mac, _chained(entry)):
                return Verdict(False, seq, mac.hex(), broken_at=seq + 1)
            seq, mac = entry.seq, entry.mac
            passed = passed or (noted.seq, noted.mac) == (seq, mac)
    except _NOT_OURS:
        return Verdict(False, seq, mac.hex(), broken_at=seq + 1)
    ends_well = noted.is_genuine if noted else seq == 0
    whole = passed and ends_well
    return Verdict(whole, seq, mac.hex(), broken_at=None if whole else seq + 1)


def head() -> str:
    """The end of the chain in hex, for somebody to note on paper; empty before the first entry."""
    last = _last_head()
    return last.mac.hex() if last else ""


def page(before: int | None = None) -> Sequence[Row]:
    """The newest entries, or those older than entry `before`; without their reasons."""
    query = select(*_METADATA).order_by(Entry.seq.desc()).limit(PAGE)
    return db.session.execute(query if before is None else query.where(Entry.seq < before)).all()


def _take_turn() -> tuple[Head | None, int]:
    """The end of the chain and the number of its newest entry. Whoever holds the row of the head may write.

    Before the first entry there is no such row, and a lock stands in for it; SQLite's writers stand in line already.
    """
    turn = _end_held()
    if turn is None and db.engine().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        turn = _end_held()
    return turn or (None, db.session.scalar(select(func.max(Entry.seq))) or 0)


def _end_held() -> tuple[Head, int] | None:
    """A head that had to be waited for is read as it is now; an entry that came meanwhile is in that head."""
    newest = select(func.coalesce(func.max(Entry.seq), 0)).scalar_subquery()
    query = select(Head, newest).where(Head.id == 1).with_for_update(of=Head)
    found = db.session.execute(query.execution_options(populate_existing=True)).first()
    return found and (found[0], found[1])


def _last_head() -> Head | None:
    return db.session.get(Head, 1, populate_existing=True)


def _where_to_continue(last: Head | None) -> bytes:
    """A head that is not ours must not be healed by the next entry: that one then follows nothing."""
    return last.mac if last and last.is_genuine else _START


def _entries() -> Iterator[Row]:
    """The oldest first, a batch at a time."""
    rows = _batch(after=None)
    while rows:
        yield from rows
        rows = _batch(after=rows[-1].seq)


def _batch(after: int | None, size: int = 500) -> Sequence[Row]:
    """Where a batch holds something unreadable, single entries, so that it is met exactly where it stands."""
    query = select(*Entry.__table__.columns).order_by(Entry.seq).limit(size)
    try:
        return db.session.execute(query if after is None else query.where(Entry.seq > after)).all()
    except _NOT_OURS:
        if size == 1:
            raise
        return _batch(after, size=1)


def _chained(entry: Entry | Row) -> bytes:
    said = (entry.at, entry.account_id, entry.role, entry.action, entry.kind, entry.object_id, entry.reason)
    return vault.current().mac(
        "audit", entry.previous, entry.seq, *("-" if part is None else f"={part}" for part in said)
    )


def _head_mark(seq: int, mac: bytes) -> bytes:
    return vault.current().mac("audit-head", seq, mac)
