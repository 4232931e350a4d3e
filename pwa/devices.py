"""Browsers that somebody enrolled: there an idle session locks instead of ending, and six digits open it again.

One browser may carry several people; each has a row and digits of their own, and none sees anything of another.
A lost one is told to forget everything the next time it comes.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, logins, vault
from pwa.accounts import Account
from pwa.logins import Login

DIGITS = 6
TRIES = 5
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WrongPin(Exception):
    """These digits do not fit; `left` more tries."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class SignedOut(Exception):
    """Too many wrong digits, or nobody is signed in here any more: the long way in is needed."""


class Device(db.Model):
    """One person on one browser. The browser is known by the hash of its cookie, the same for all who share it."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("token_hash", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(vault.Sealed("device.name"))
    pin_hash: Mapped[str] = mapped_column(String(200))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    wiped_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_genuine(self) -> bool:
        return hmac.compare_digest(self.mac, self._expected_mac())

    def welcome(self) -> None:
        """The long way in was taken: the count of wrong digits starts anew."""
        self.tries, self.seen_at = 0, clock.now()
        self._mark()

    def change_pin(self, pin: str) -> None:
        self.pin_hash = _hasher.hash(pin)
        self.welcome()

    def check_pin(self, pin: str) -> None:
        """Count one try and commit it, then look. Raises `WrongPin`, and `SignedOut` after the fifth."""
        db.session.refresh(self, with_for_update=True)
        if not self.is_genuine or self.tries >= TRIES:
            raise SignedOut
        self.tries += 1
        self._mark()
        db.session.commit()
        if _fits(self.pin_hash, pin):
            return self.welcome()
        if self.tries >= TRIES:
            self.sign_out()
            db.session.commit()
            raise SignedOut
        raise WrongPin(TRIES - self.tries)

    def sign_out(self) -> None:
        """End every session of this person on this browser."""
        for login in logins.on(self.id):
            login.revoke()

    def forget(self) -> None:
        """This person no longer uses this browser; whoever shares it stays."""
        self.sign_out()
        db.session.flush()
        logins.detach(self.id)
        db.session.delete(self)

    def _lose(self) -> None:
        self.sign_out()
        self.lost_at = self.lost_at or clock.now()
        self._mark()

    def _wiped(self) -> None:
        self.wiped_at = self.wiped_at or clock.now()
        self._mark()

    def _mark(self) -> None:
        self.mac = self._expected_mac()

    def _expected_mac(self) -> bytes:
        return vault.current().mac(
            "device", self.id, self.token_hash, self.account_id, self.name, self.pin_hash, self.tries, self.created_at,
            self.seen_at, self.lost_at or "", self.wiped_at or "",
        )  # fmt: skip


def is_weak(pin: str) -> bool:
    """What anybody looking over a shoulder or guessing would try first."""
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    return len(steps) == 1 or pin[:2] * 3 == pin or pin[:3] * 2 == pin


def enrol(login: Login, account: Account, token: str | None, *, name: str, pin: str) -> tuple[Device, str]:
    """Make this browser one of hers; the answer holds the token for its cookie, a new one if it had none."""
    token = token or secrets.token_urlsafe(32)
    device = here(token, account)
    if device is None:
        now = clock.now()
        device = Device(
            id=uuid4(), token_hash=_hash(token), account_id=account.id, name=name, created_at=now, seen_at=now,
            lost_at=None, wiped_at=None,
        )  # fmt: skip
        db.session.add(device)
    device.change_pin(pin)
    db.session.flush()
    login.settle(device.id)
    return device, token


def here(token: str | None, account: Account) -> Device | None:
    """This person's row of the browser that shows `token`."""
    return next((device for device, owner in shared_by(token) if owner.id == account.id), None)


def shared_by(token: str | None) -> list[tuple[Device, Account]]:
    """Who uses the browser that shows `token`; nobody once it is lost."""
    return [(device, owner) for device, owner in _all_with(token) if device.lost_at is None]


def unlock(device: Device, account: Account, current: Login | None) -> str | None:
    """Let her in again; the answer is a new token for the cookie unless it was her own session that slept here.

    Raises `SignedOut` when none of her sessions on this browser is alive.
    """
    asleep = logins.newest_of(account, device.id)
    if asleep is None:
        raise SignedOut
    if current is not None and current.id != asleep.id:
        current.lock()
    return asleep.wake(same_browser=current is not None and current.id == asleep.id)


def is_lost(token: str | None) -> bool:
    return any(device.lost_at for device, _ in _all_with(token))


def lose(device: Device) -> None:
    """The phone is gone: everybody on it is signed out, and it forgets all at its next contact."""
    for each in _with_hash(device.token_hash):
        each._lose()


def note_wiped(token: str) -> None:
    for each in _with_hash(_hash(token)):
        each._wiped()


def of(account: Account) -> Sequence[Device]:
    """Where she is enrolled, the newest first; lost ones stay in the list until they were wiped."""
    query = select(Device).where(Device.account_id == account.id).order_by(Device.created_at.desc())
    return [device for device in db.session.scalars(query) if device.is_genuine]


def everywhere() -> Sequence[tuple[Device, Account]]:
    """All of the office, for whoever must end one; last seen first."""
    query = select(Device, Account).join(Account, Account.id == Device.account_id)
    return _genuine(db.session.execute(query.order_by(Device.seen_at.desc())).all())


def find(id: UUID) -> Device | None:
    device = db.session.get(Device, id)
    return device if device is not None and device.is_genuine else None


def _all_with(token: str | None) -> list[tuple[Device, Account]]:
    if not token:
        return []
    query = select(Device, Account).join(Account, Account.id == Device.account_id)
    query = query.where(Device.token_hash == _hash(token)).order_by(Device.created_at)
    try:
        return _genuine(db.session.execute(query).all())
    except (InvalidTag, ValueError):  # a value that nobody of ours can have written
        return []


def _with_hash(token_hash: bytes) -> list[Device]:
    query = select(Device).where(Device.token_hash == token_hash)
    return [device for device in db.session.scalars(query) if device.is_genuine]


def _genuine(rows: Sequence) -> list[tuple[Device, Account]]:
    return [
        (device, owner)
        for device, owner in rows
        if device.is_genuine and owner.is_genuine and owner.is_active
    ]


def _fits(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
