"""Who may sign in. A row counts only with the office's mark on it: what anybody else wrote is not there."""

import hmac
import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from functools import cache
from secrets import token_hex
from uuid import UUID, uuid4

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, vault
from pwa.i18n import lazy_gettext as _l

LOGIN_SHAPE = re.compile(r"[a-z0-9._-]{3,40}")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
CODE_SECONDS = 30

_SILLY = {"", "password", "katasandi", "rahasia", "qwertyuiop", "salingsapa", "bismillah", "indonesia"}
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class StaffRole(StrEnum):
    PENERIMA = "penerima"
    MANAJER = "manajer"
    KONSELOR = "konselor"
    KADER = "kader"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    StaffRole.PENERIMA: _l("Report officer"),
    StaffRole.MANAJER: _l("Manager"),
    StaffRole.KONSELOR: _l("Counsellor"),
    StaffRole.KADER: _l("Cadre"),
    StaffRole.ADMIN: _l("Administrator"),
}


class LoginTaken(Exception):
    """Somebody already signs in with this name."""


class LastAdmin(Exception):
    """Without this account nobody could look after the others."""


class OwnRole(Exception):
    """Nobody gives themselves another role; somebody else must."""


class Account(db.Model):
    """`generation` counts "sign out everywhere": sessions of an older one are dead. `mac` covers all."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(vault.Sealed("account.name"))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[str] = mapped_column(vault.Sealed("account.totp_secret"))
    totp_last_step: Mapped[int]
    generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_genuine(self) -> bool:
        return hmac.compare_digest(self.mac, self._expected_mac())

    @property
    def owner_mark(self) -> str:
        """What a browser writes on the letters this person seals in it: tells people apart and names nobody."""
        return vault.current().mac("owner", self.id)[:8].hex()

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def change_password(self, password: str) -> None:
        """Ends every session; the caller starts a fresh one for the person who sits here."""
        self.password_hash = _hasher.hash(_normal(password))
        self.sign_out_everywhere()

    def has_password(self, password: str) -> bool:
        return _fits(self.password_hash, password)

    def change_role(self, role: StaffRole, *, by: "Account | None") -> None:
        """Ends every session. Raises `OwnRole` and `LastAdmin`."""
        if by is not None and by.id == self.id:
            raise OwnRole
        if role != StaffRole.ADMIN:
            self._expect_another_admin()
        self.role = role
        self.sign_out_everywhere()

    def disable(self) -> None:
        """Ends every session. Raises `LastAdmin`."""
        self._expect_another_admin()
        self.disabled_at = self.disabled_at or clock.now()
        self.sign_out_everywhere()

    def enable(self) -> None:
        self.disabled_at = None
        self._mark()

    def sign_out_everywhere(self) -> None:
        self.generation += 1
        self._mark()

    def spend_code(self, code: str) -> bool:
        """Whether the six digits are right and new; the same ones never work twice, nor do older ones."""
        db.session.refresh(self, with_for_update=True)
        step = code_step(self.totp_secret, code) if self.is_genuine else None
        if step is None or step <= self.totp_last_step:
            return False
        self.totp_last_step = step
        self._mark()
        return True

    def _expect_another_admin(self) -> None:
        if self.role != StaffRole.ADMIN or not self.is_active:
            return
        query = select(Account.id).where(Account.role == StaffRole.ADMIN, Account.disabled_at.is_(None))
        admins = db.session.scalars(query.order_by(Account.id).with_for_update()).all()
        if not any(find(id) for id in admins if id != self.id):
            raise LastAdmin

    def _mark(self) -> None:
        """Each verb that changes a column ends here."""
        self.mac = self._expected_mac()

    def _expected_mac(self) -> bytes:
        return vault.current().mac(
            "account", self.id, self.login, self.name, str(self.role), self.password_hash, self.totp_secret,
            self.totp_last_step, self.generation, self.created_at, self.disabled_at or "",
        )  # fmt: skip


def create(
    login: str, *, name: str, role: str, password: str, totp_secret: str | None = None, totp_step: int = 0
) -> Account:
    """Raises `LoginTaken`. `totp_step` is the newest half minute whose code was already used."""
    if is_taken(login):
        raise LoginTaken
    account = Account(
        id=uuid4(), login=login, name=name, role=str(role), password_hash=_hasher.hash(_normal(password)),
        totp_secret=totp_secret or pyotp.random_base32(), totp_last_step=totp_step, generation=0,
        created_at=clock.now(), disabled_at=None,
    )  # fmt: skip
    account._mark()
    db.session.add(account)
    db.session.flush()
    return account


def find(id: UUID) -> Account | None:
    return _genuine(select(Account).where(Account.id == id))


def by_login(login: str) -> Account | None:
    return _genuine(select(Account).where(Account.login == login.strip().lower()))


def is_taken(login: str) -> bool:
    """A forged row takes a name too: two rows cannot carry it."""
    return db.session.scalar(select(Account.id).where(Account.login == login)) is not None


def everybody() -> list[Account]:
    """An unreadable row must not hide the others: where there is one, they are read one by one."""
    try:
        accounts = db.session.scalars(select(Account).order_by(Account.login)).all()
    except (InvalidTag, ValueError):  # a value that nobody of ours can have written
        logins = db.session.scalars(select(Account.login).order_by(Account.login)).all()
        return [account for login in logins if (account := by_login(login))]
    return [account for account in accounts if account.is_genuine]


def forged() -> int:
    """How many rows nobody of the office wrote; anything but zero is an intruder's."""
    return len(db.session.scalars(select(Account.id)).all()) - len(everybody())


def with_password(login: str, password: str) -> Account | None:
    """The active account that both belong to. An unknown name takes as long as a wrong password."""
    account = by_login(login)
    active = account is not None and account.is_active
    fits = _fits(account.password_hash if active else _nobodys_hash(), password)
    return account if active and fits else None


def is_weak(password: str, login: str) -> bool:
    """Too short, the person's own name, or what everybody tries first, with a number behind it or not."""
    plain = _normal(password).casefold()
    core = plain.strip("0123456789!?.-_ ")
    return len(plain) < SHORTEST_PASSWORD or login in (plain, core) or core in _SILLY


def code_step(secret: str, code: str) -> int | None:
    """Which half minute the six digits belong to, one early and one late included; None for none of them."""
    digits = "".join(code.split()).encode()
    now = int(clock.now().timestamp()) // CODE_SECONDS
    near = (now - 1, now, now + 1)
    return next((step for step in near if hmac.compare_digest(_code(secret, step), digits)), None)


def _code(secret: str, step: int) -> bytes:
    return pyotp.HOTP(secret).at(step).encode()


def _genuine(query: Select[tuple[Account]]) -> Account | None:
    try:
        account = db.session.scalars(query).first()
    except (InvalidTag, ValueError):  # a value that nobody of ours can have written
        return None
    return account if account is not None and account.is_genuine else None


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(token_hex(16))


def _normal(password: str) -> str:
    """The same letters typed on another phone are the same password."""
    return unicodedata.normalize("NFKC", password)
