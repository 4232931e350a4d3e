"""Sessions of people who work here: rows on the server that can be ended, and a cookie that points at one."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from flask import Flask, Request, Response, abort, current_app, g, make_response, request, session, url_for
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, htmx, limits, security, vault
from pwa.accounts import Account
from pwa.settings import Settings

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
POLLS = "X-Poll"
_SEEN_EVERY = timedelta(minutes=1)
_TRIES_SPAN = timedelta(minutes=15)
_TRIES_A_LOGIN = 5
_TRIES_A_NETWORK = 30


class Login(db.Model):
    """One browser, signed in. Dead after 15 idle minutes, after 12 hours, or when its account moved on."""

    __tablename__ = "login"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    generation: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_live(self) -> bool:
        now = clock.now()
        fresh = now - self.seen_at < IDLE and now - self.created_at < LONGEST
        return fresh and self.revoked_at is None and hmac.compare_digest(self.mac, self._expected_mac())

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
            "login", self.id, self.token_hash, self.account_id, self.generation, self.created_at,
            self.seen_at, self.revoked_at or "",
        )  # fmt: skip


def wait_before_try(login: str, network: bytes) -> timedelta:
    """Count one try to sign in; the answer is how long to wait instead, zero when there is no need to."""
    if not limits.spend("sign-in", network, allowed=_TRIES_A_NETWORK, per=_TRIES_SPAN):
        return limits.remaining("sign-in", network)
    return limits.attempt("sign-in", _who(login), free=_TRIES_A_LOGIN, per=_TRIES_SPAN)


def start(account: Account) -> str:
    """Sign in; the answer is the token for the cookie. Earlier wrong tries are forgotten."""
    limits.forgive("sign-in", _who(account.login))
    token, now = secrets.token_urlsafe(32), clock.now()
    login = Login(
        id=uuid4(), token_hash=_hash(token), account_id=account.id, generation=account.generation,
        created_at=now, seen_at=now, revoked_at=None,
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


def purge() -> None:
    db.session.execute(delete(Login).where(Login.created_at < clock.now() - LONGEST))


class StaffSession(dict, SessionMixin):
    """Who is signed in, looked up only when somebody asks: a resident's page costs nothing."""

    def __init__(self, token: str | None) -> None:
        super().__init__()
        self.token = token
        self._found: tuple[Login, Account] | None = None
        self._asked = not token
        if token:
            self["csrf_token"] = hmac.digest(token.encode(), b"csrf", sha256).hex()

    @property
    def login(self) -> Login | None:
        found = self._find()
        return found and found[0]

    @property
    def account(self) -> Account | None:
        found = self._find()
        return found and found[1]

    @property
    def key(self) -> bytes:
        """For `stash`: nobody without the cookie can open what a page keeps."""
        return hmac.digest((self.token or "").encode(), b"stash", sha256)

    def _find(self) -> tuple[Login, Account] | None:
        if not self._asked:
            self._asked, self._found = True, find(self.token)
        return self._found


class StaffSessions(SessionInterface):
    """The cookie is set by signing in and deleted by signing out, nowhere else."""

    def open_session(self, app: Flask, request: Request) -> StaffSession:
        serves_office = app.config["SETTINGS"].role.serves_office
        return StaffSession(
            request.cookies.get(cookie_name(app.config["SETTINGS"])) if serves_office else None
        )

    def save_session(self, app: Flask, session: StaffSession, response: Response) -> None:
        """Nothing to save: the session never changes by being used."""


def cookie_name(settings: Settings) -> str:
    return "__Host-m" if settings.https else "m"


def hand_out(response: Response, token: str) -> Response:
    """Lax, not Strict: a link in a message to /kantor must open, and what changes something needs a token."""
    response.set_cookie(cookie_name(_settings()), token, **_cookie_options())
    return response


def take_back(response: Response) -> Response:
    response.delete_cookie(cookie_name(_settings()), **_cookie_options())
    response.headers["Clear-Site-Data"] = '"cookies"'
    return response


def guard(*roles: str) -> Callable[[], Response | None]:
    """For `before_request`: lets only these roles in. To everybody else the room is not there."""

    def check() -> Response | None:
        login, account = session.login, session.account
        if login is None or account is None:
            return _sign_in_again() if session.token else abort(404)
        if account.role not in roles:
            abort(404)
        security.csrf.protect()
        if POLLS not in request.headers:  # a page that asks by itself is nobody being here
            login.touch()
        g.account = account
        return None

    return check


def _sign_in_again() -> Response:
    url = url_for("account.show_sign_in")
    if not htmx.wants_fragment():
        return htmx.see(url)
    response = make_response("", 401)
    response.headers["HX-Redirect"] = url
    return response


def _cookie_options() -> dict[str, object]:
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": _settings().https}


def _settings() -> Settings:
    return current_app.config["SETTINGS"]


def _who(login: str) -> bytes:
    return vault.current().mac("sign-in", login.strip().lower())[:16]


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
