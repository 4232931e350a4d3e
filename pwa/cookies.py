"""What a browser of the office shows to be known again: whose session it is, and that somebody enrolled it."""

import hmac
from datetime import timedelta
from hashlib import sha256

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SessionInterface, SessionMixin

from pwa import logins
from pwa.accounts import Account
from pwa.logins import Login
from pwa.settings import Settings

_DEVICE_LASTS = timedelta(days=400)  # browsers keep none longer


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
    def holder(self) -> Account | None:
        """Whose session it is, also while it is locked."""
        found = self._find()
        return found and found[1]

    @property
    def account(self) -> Account | None:
        """Who is here; nobody while it is locked."""
        return None if self.login is None or self.login.is_locked else self.holder

    def put_away(self) -> None:
        """Lock it where a PIN can open it again, end it elsewhere; the caller commits."""
        if self.login is None:
            return
        if self.login.device_id is not None:
            self.login.lock()
        else:
            self.login.revoke()
            self._found = None

    @property
    def key(self) -> bytes:
        """For `stash`: nobody without the cookie can open what a page keeps."""
        return hmac.digest((self.token or "").encode(), b"stash", sha256)

    def _find(self) -> tuple[Login, Account] | None:
        if not self._asked:
            self._asked, self._found = True, logins.find(self.token)
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
    response.set_cookie(cookie_name(_settings()), token, **_options())
    return response


def take_back(response: Response) -> Response:
    """Back finds the page gone, also where `clear` clears nothing."""
    response.delete_cookie(cookie_name(_settings()), **_options())
    return clear(response)


def clear(response: Response) -> Response:
    """Every cookie of this browser, unless it is enrolled: the cookie that says so would go with them."""
    if device() is None:
        response.headers["Clear-Site-Data"] = '"cookies"'
    return response


def device() -> str | None:
    """The token of this browser, if anybody ever enrolled it."""
    return request.cookies.get(_device_name())


def remember_device(response: Response, token: str) -> Response:
    response.set_cookie(_device_name(), token, max_age=_DEVICE_LASTS, **_options())
    return response


def forget_device(response: Response) -> Response:
    response.delete_cookie(_device_name(), **_options())
    return response


def _device_name() -> str:
    return "__Host-d" if _settings().https else "d"


def _options() -> dict[str, object]:
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": _settings().https}


def _settings() -> Settings:
    return current_app.config["SETTINGS"]
