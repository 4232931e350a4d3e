"""How somebody comes to work here: a link that opens once within two days, and becomes an account."""

import hmac
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

import pyotp
from cryptography.exceptions import InvalidTag
from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import accounts, clock, db, kaders, vault
from pwa.accounts import Account, StaffRole
from pwa.kaders import Area

LASTS = timedelta(hours=48)
_REMEMBERED = timedelta(days=14)  # so that who comes late or second is told what happened
ISSUER = "Saling Sapa"


class Why(StrEnum):
    """How a link came to be closed; unknown are the withdrawn ones too, and those that were never ours."""

    UNKNOWN = "unknown"
    USED = "used"
    RUN_OUT = "run-out"
    NOT_ME = "not-me"
    WRONG_AREA = "wrong-area"


class Closed(Exception):
    """Nobody joins by this link any more; a new one is needed."""

    def __init__(self, why: Why = Why.UNKNOWN) -> None:
        super().__init__(why)
        self.why = why


class WeakPassword(Exception):
    """Too short, or one of the first that anybody would try."""


class WrongCode(Exception):
    """The six digits do not fit what the page showed."""


class Invitation(db.Model):
    """Only a hash of the token is kept, so the link cannot be read out of the database."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    login: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(vault.Sealed("invitation.name"))
    role: Mapped[str] = mapped_column(String(20))
    kelurahan: Mapped[str | None] = mapped_column(String(13))
    rt_rw: Mapped[str | None] = mapped_column(String(7))
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    refused: Mapped[Why | None] = mapped_column(db.words(Why))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def closed(self) -> Why | None:
        if not hmac.compare_digest(self.mac, self._expected_mac()):
            return Why.UNKNOWN
        if self.refused is not None:
            return self.refused
        if self.used_at is not None:
            return Why.USED
        return Why.RUN_OUT if clock.now() >= self.expires_at else None

    @property
    def area(self) -> Area | None:
        """Where a kader is meant to help."""
        return Area(self.kelurahan, self.rt_rw) if self.kelurahan and self.rt_rw else None

    def refuse(self, why: Why) -> None:
        """Whoever opened it says it is meant for somebody else, or for elsewhere. Nobody can use it any more."""
        self.used_at, self.refused = clock.now(), why
        self.mac = self._expected_mac()

    def accept(self, token: str, password: str, code: str) -> Account:
        """Become an account. Raises `Closed`, `WeakPassword` and `WrongCode`."""
        if self.closed:
            raise Closed(self.closed)
        if accounts.is_weak(password, self.login):
            raise WeakPassword
        secret = totp_secret(token)
        step = accounts.code_step(secret, code)
        if step is None:
            raise WrongCode
        self._use_up()
        account = accounts.create(
            self.login, name=self.name, role=self.role, password=password, totp_secret=secret, totp_step=step
        )
        if self.area:
            kaders.settle(account, self.area)
        return account

    def _use_up(self) -> None:
        self.used_at = clock.now()
        self.mac = self._expected_mac()

    def _expected_mac(self) -> bytes:
        return vault.current().mac(
            "invitation", self.id, self.token_hash, self.login, self.name, self.role, self.kelurahan or "",
            self.rt_rw or "", self.created_by_id or "", self.created_at, self.expires_at, self.used_at or "",
            self.refused or "",
        )  # fmt: skip


def invite(
    login: str, *, name: str, role: StaffRole, by: Account | None, area: Area | None = None
) -> tuple[Invitation, str]:
    """The invitation and its token, which exists only here. Replaces an earlier one of the same name.

    Raises `accounts.LoginTaken`.
    """
    if accounts.is_taken(login):
        raise accounts.LoginTaken
    db.session.execute(delete(Invitation).where(Invitation.login == login, Invitation.used_at.is_(None)))
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation = Invitation(
        id=uuid4(), token_hash=_hash(token), login=login, name=name, role=str(role),
        kelurahan=area and area.kelurahan, rt_rw=area and area.rt_rw,
        created_by_id=by and by.id, created_at=now, expires_at=now + LASTS, used_at=None, refused=None,
    )  # fmt: skip
    invitation.mac = invitation._expected_mac()
    db.session.add(invitation)
    db.session.flush()
    return invitation, token


def open_invitation(token: str) -> Invitation:
    """Held until the transaction ends, so that two people cannot use it at once. Raises `Closed`."""
    query = select(Invitation).where(Invitation.token_hash == _hash(token)).with_for_update()
    try:
        invitation = db.session.scalars(query).first()
    except (InvalidTag, ValueError):  # a value that nobody of ours can have written
        raise Closed from None
    if invitation is None:
        raise Closed
    if invitation.closed:
        raise Closed(invitation.closed)
    if accounts.is_taken(invitation.login):
        raise Closed
    return invitation


def waiting() -> Sequence:
    """Who was invited and has not come yet, newest first; names stay sealed."""
    columns = (Invitation.id, Invitation.login, Invitation.role, Invitation.expires_at)
    still_open = Invitation.used_at.is_(None) & (Invitation.expires_at > clock.now())
    return db.session.execute(select(*columns).where(still_open).order_by(Invitation.created_at.desc())).all()


def withdraw(id: UUID) -> bool:
    """Whether there was one to withdraw."""
    found = db.session.execute(delete(Invitation).where(Invitation.id == id, Invitation.used_at.is_(None)))
    return found.rowcount == 1


def refused() -> Sequence:
    """Which links came into other hands or named another place, newest first; names stay sealed."""
    columns = (Invitation.id, Invitation.login, Invitation.refused, Invitation.used_at)
    query = select(*columns).where(Invitation.refused.is_not(None))
    return db.session.execute(query.order_by(Invitation.used_at.desc())).all()


def purge() -> None:
    """Two weeks after their end, invitations name people for nothing."""
    db.session.execute(delete(Invitation).where(Invitation.expires_at <= clock.now() - _REMEMBERED))


def totp_secret(token: str) -> str:
    """The same token always gives the same secret, so a reloaded page fits the app that scanned it."""
    return b32encode(vault.current().mac("totp", token)[:20]).decode()


def totp_uri(login: str, secret: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def stash_key(token: str) -> bytes:
    """Under which a page keeps what it must say next; whoever opens the link has no session yet."""
    return vault.current().mac("invitation-stash", token)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
