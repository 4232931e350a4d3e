"""Sessions of people who work here: rows on the server that can be locked and ended, and who is let in by one."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from flask import Response, abort, g, request, session, url_for
from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, htmx, limits, security, vault
from pwa.accounts import Account

IDLE = timedelta(minutes=15)
FRESH = timedelta(minutes=5)
LONGEST = timedelta(hours=12)
POLLS = "X-Poll"
_SEEN_EVERY = timedelta(minutes=1)
_TRIES_SPAN = timedelta(minutes=15)
_TRIES_A_LOGIN = 5
_TRIES_A_NETWORK = 30


class Login(db.Model):
    """One browser, signed in. Dead after 15 idle minutes, after 12 hours, or when its account moved on.

    On an enrolled device the idle minutes do not end it, they lock it. `proved_at` is when a password or a
    passkey was last shown.
    """

    __tablename__ = "login"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"), index=True)
    generation: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_live(self) -> bool:
        awake = self.device_id is not None or not self._is_idle
        young = clock.now() - self.created_at < LONGEST
        return (
            awake
            and young
            and self.revoked_at is None
            and hmac.compare_digest(self.mac, self._expected_mac())
        )

    @property
    def is_locked(self) -> bool:
        return self.device_id is not None and (self.locked_at is not None or self._is_idle)

    @property
    def is_fresh(self) -> bool:
        """Whether she showed just now who she is; otherwise a found phone could make itself at home."""
        return clock.now() - self.proved_at < FRESH

    @property
    def _is_idle(self) -> bool:
        return clock.now() - self.seen_at >= IDLE

    def settle(self, device_id: UUID) -> None:
        """From now on this session belongs to an enrolled device."""
        self.device_id = device_id
        self._mark()

    def lock(self) -> None:
        if self.device_id is not None:
            self.locked_at = self.locked_at or clock.now()
            self._mark()

    def wake(self, *, same_browser: bool) -> str | None:
        """Open it again; a new token where the cookie held another session meanwhile."""
        token = None if same_browser else secrets.token_urlsafe(32)
        if token:
            self.token_hash = _hash(token)
        self.locked_at, self.seen_at = None, clock.now()
        self._mark()
        return token

    def prove(self) -> None:
        """She has shown a passkey again."""
        self.proved_at = clock.now()
        self._mark()

    def revoke(self) -> None:
        self.revoked_at = clock.now()
        self._mark()

    def touch(self) -> None:
        """Note, at most once a minute, that somebody is here. Commits before and after: SQLite may refuse a
        transaction that has already read the right to write."""
        if clock.now() - self.seen_at < _SEEN_EVERY:
            return
        db.session.commit()
        self.seen_at = clock.now()
        self._mark()
        db.session.commit()

    def _mark(self) -> None:
        self.mac = self._expected_mac()

    def _expected_mac(self) -> bytes:
        return vault.current().mac(
            "login", self.id, self.token_hash, self.account_id, self.device_id or "", self.generation, self.created_at,
            self.seen_at, self.proved_at, self.locked_at or "", self.revoked_at or "",
        )  # fmt: skip


def wait_before_try(login: str, network: bytes) -> timedelta:
    """Count one try to sign in; the answer is how long to wait instead, zero when there is no need to."""
    wait = wait_of_network(network)
    return wait or limits.attempt("sign-in", _who(login), free=_TRIES_A_LOGIN, per=_TRIES_SPAN)


def wait_of_network(network: bytes) -> timedelta:
    """The same for a try that names nobody."""
    if limits.spend("sign-in", network, allowed=_TRIES_A_NETWORK, per=_TRIES_SPAN):
        return timedelta()
    return limits.remaining("sign-in", network)


def start(account: Account, device_id: UUID | None = None) -> str:
    """Sign in; the answer is the token for the cookie. Earlier wrong tries are forgotten."""
    limits.forgive("sign-in", _who(account.login))
    token, now = secrets.token_urlsafe(32), clock.now()
    login = Login(
        id=uuid4(), token_hash=_hash(token), account_id=account.id, device_id=device_id, generation=account.generation,
        created_at=now, seen_at=now, proved_at=now, locked_at=None, revoked_at=None,
    )  # fmt: skip
    login._mark()
    db.session.add(login)
    db.session.flush()
    return token


def find(token: str) -> tuple[Login, Account] | None:
    """The live session of this token and whose it is, in one question."""
    query = select(Login, Account).join(Account, Account.id == Login.account_id)
    try:
        found = db.session.execute(query.where(Login.token_hash == _hash(token))).first()
    except (InvalidTag, ValueError):  # a value that nobody of ours can have written
        return None
    if found is None:
        return None
    login, account = found
    allowed = account.is_genuine and account.is_active and account.generation == login.generation
    return (login, account) if login.is_live and allowed else None


def live_of(account: Account) -> Sequence[Login]:
    """Where this account is signed in now, last seen first."""
    query = select(Login).where(Login.account_id == account.id, Login.generation == account.generation)
    return [login for login in db.session.scalars(query.order_by(Login.seen_at.desc())) if login.is_live]


def newest_of(account: Account, device_id: UUID) -> Login | None:
    """The live session of this person on this device, asleep or not."""
    return next((login for login in live_of(account) if login.device_id == device_id), None)


def on(device_id: UUID) -> Sequence[Login]:
    return db.session.scalars(select(Login).where(Login.device_id == device_id)).all()


def detach(device_id: UUID) -> None:
    """Ended sessions must not keep a device that goes."""
    db.session.execute(delete(Login).where(Login.device_id == device_id))


def purge() -> None:
    db.session.execute(delete(Login).where(Login.created_at < clock.now() - LONGEST))


def guard(*roles: str, even_locked: bool = False) -> Callable[[], Response | None]:
    """For `before_request`: lets only these roles in. To everybody else the room is not there.

    `even_locked` is for a door that shows nothing; going through it wakes nobody.
    """

    def check() -> Response | None:
        login, account = session.login, session.holder
        if login is None or account is None:
            return htmx.leave(url_for("account.show_sign_in")) if session.token else abort(404)
        if account.role not in roles:
            abort(404)
        if login.is_locked and not even_locked:
            return htmx.leave(url_for("lock.show", ke=htmx.way_back()))
        security.csrf.protect()
        nobody_is_here = (
            POLLS in request.headers or login.is_locked
        )  # a page asks by itself, a locked phone carries
        if not nobody_is_here:
            login.touch()
        g.account = account
        return None

    return check


def _who(login: str) -> bytes:
    return vault.current().mac("sign-in", login.strip().lower())[:16]


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
