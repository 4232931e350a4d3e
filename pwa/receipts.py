"""The number she keeps: twenty digits that look like an electricity token and open only what was answered.

A genuine token is a 66-bit number and never starts with 8 or 9, so ours can never be one. The number itself is
nowhere at rest: it is stretched into a look-up id, of which only a hash is stored, and a reply key, which travels
to the office inside the envelope.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import pbkdf2_hmac, sha256
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db

ROUNDS = 210_000


class NumberTaken(Exception):
    """Another report already answers to this number; a new one must be made."""


class Receipt(db.Model):
    """One number and what hangs on it. `lookup` changes when she takes another number; the receipt stays."""

    __tablename__ = "receipt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    lookup: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    key_version: Mapped[int] = mapped_column(default=1)
    handover: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)
    killed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    def kill(self) -> None:
        """From now on the number answers like one nobody ever had."""
        self.lookup = secrets.token_bytes(32)
        self.killed_at = clock.now()


@dataclass(frozen=True)
class Stretched:
    """What a number becomes; 32 bytes each."""

    lookup_id: bytes
    reply_key: bytes

    @property
    def lookup(self) -> bytes:
        return sha256(self.lookup_id).digest()


def new_number() -> str:
    return _with_check_digit(str(8 * 10**18 + secrets.randbelow(2 * 10**18)))


def derived_number(session_key: bytes, form_id: UUID) -> str:
    """The same session and form always give the same number, so a repeated POST cannot make a second one."""
    drawn = int.from_bytes(hmac.digest(session_key, b"number" + form_id.bytes, sha256), "big")
    return _with_check_digit(str(8 * 10**18 + drawn % (2 * 10**18)))


def tidy(text: str) -> str:
    """Only the digits of what was typed: spaces, dots and dashes are how people copy numbers."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def is_well_formed(number: str) -> bool:
    return (
        len(number) == 20
        and number.isascii()
        and number.isdigit()
        and number[0] in "89"
        and _remainder(number) == 1
    )


def grouped(number: str) -> str:
    """In fours, as tokens are printed."""
    return " ".join(number[at : at + 4] for at in range(0, 20, 4))


def as_order_number(number: str) -> str:
    """A second everyday shape of the same digits."""
    return "-".join((number[:3], number[3:10], number[10:17], number[17:]))


def stretch(number: str, salt: bytes, rounds: int = ROUNDS) -> Stretched:
    """Slow on purpose: the same work in the browser and here."""
    master = pbkdf2_hmac("sha256", number.encode(), salt, rounds)
    return Stretched(hmac.digest(master, b"lookup", sha256), hmac.digest(master, b"reply", sha256))


def find(lookup: bytes, *, for_change: bool = False) -> Receipt | None:
    """`for_change` holds the row until the commit, so that two changes at once come one after the other."""
    query = select(Receipt).where(Receipt.lookup == lookup)
    return db.session.scalars(query.with_for_update() if for_change else query).first()


def with_id(id: UUID) -> Select[tuple[Receipt]]:
    return select(Receipt).where(Receipt.id == id)


def issue(id: UUID, lookup: bytes, *, handover: bool = False) -> bool:
    """For whoever files what it answers to, in the same transaction. False for a number that is taken."""
    return db.insert_new(Receipt, {"id": id, "lookup": lookup, "handover": handover})


def _with_check_digit(nineteen: str) -> str:
    return next(nineteen + digit for digit in "0123456789" if _remainder(nineteen + digit) == 1)


def _remainder(number: str) -> int:
    """ISO/IEC 7064 MOD 11,10 over the whole number; 1 when its last digit is the right check digit."""
    product = 10
    for digit in number[:-1]:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return (product + int(number[-1])) % 10
