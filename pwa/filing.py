"""What every sealed letter becomes at rest: the columns it needs in the clear, and how it is kept exactly once."""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from uuid import UUID

from sqlalchemy import LargeBinary, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.envelope import Label

LATE_AFTER = timedelta(hours=12)


class Kind(StrEnum):
    REPORT = "report"
    ADDITION = "addition"
    NEW_NUMBER = "new-number"
    VISIT = "visit"
    REPLY = "reply"


class OtherBody(Exception):
    """This id was already used for something else; nothing was changed."""


class Filed:
    """The columns every envelope has, in the clear because routing and opening need them.

    `written_at` is what the phone's clock said; `waited` how many seconds that same clock counted until it was sent.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    lookup: Mapped[bytes] = mapped_column(
        LargeBinary(32)
    )  # as the label said; the receipt's own may change later
    kecamatan: Mapped[str | None] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8))
    danger: Mapped[bool]
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    schema: Mapped[int]
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    waited: Mapped[int] = mapped_column(default=0, server_default="0")
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    unpacked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    unreadable: Mapped[bool] = mapped_column(default=False)

    @property
    def told_at(self) -> datetime:
        """When it was written, by our clock: a phone that is days wrong is wrong by the same at both ends."""
        return self.received_at - timedelta(seconds=self.waited)

    @property
    def is_late(self) -> bool:
        """It lay on a phone for so long that what it says about now may not hold any more."""
        return timedelta(seconds=self.waited) > LATE_AFTER

    @property
    def label(self) -> Label:
        return Label(
            id=self.id, kind=self.kind, lookup=self.lookup, kecamatan=self.kecamatan, language=self.language,
            danger=self.danger, written_at=self.written_at, schema=self.schema,
        )  # fmt: skip


class SafeHours:
    """Beside `Filed`: what was said about reaching her holds when it came in time, or when somebody has looked again."""

    rechecked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    @property
    def hours_may_have_changed(self) -> bool:
        """Nobody has looked yet whether her safe hours, written long before they arrived, still hold."""
        return self.is_late and self.rechecked_at is None

    def recheck(self) -> None:
        self.rechecked_at = self.rechecked_at or clock.now()


def columns(label: Label, envelope: bytes, body_hash: bytes) -> dict[str, object]:
    return {
        "id": label.id, "kind": label.kind, "lookup": label.lookup, "kecamatan": label.kecamatan, "language": label.language,
        "danger": label.danger, "written_at": label.written_at, "schema": label.schema, "envelope": envelope,
        "body_hash": body_hash, "waited": label.waited,
    }  # fmt: skip


def is_here(model: type[Filed], id: UUID, body_hash: bytes) -> bool:
    """Whether exactly this was received before. Raises `OtherBody` when something else was, under the same id."""
    known = db.session.scalar(_known(model), {"id": id})
    if known is not None and not hmac.compare_digest(known, body_hash):
        raise OtherBody
    return known is not None


@cache
def _known(model: type[Filed]) -> Select[tuple[bytes]]:
    table = model.__table__
    return select(table.c.body_hash).where(table.c.id == bindparam("id"))


def hash_of(body: bytes) -> bytes:
    return sha256(body).digest()
