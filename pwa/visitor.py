"""A resident's session: one random cookie and nothing on our side.

It is set by the GET of a form. Deleting it is what makes Back harmless after an exit, and everything we keep for her
between two pages is sealed under it. It names nobody and grants nothing.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from flask import Flask, Response, current_app, g, request

from pwa import clock, limits

SECRET_BYTES = 32
LEFT_COOKIE = "k"  # written by the exit itself, in case its beacon never arrives


@dataclass(frozen=True)
class Visitor:
    secret: bytes
    is_new: bool

    @property
    def key(self) -> bytes:
        return hmac.digest(self.secret, b"visitor", sha256)


def register(app: Flask) -> None:
    app.after_request(_hand_out)


def current() -> Visitor:
    """This browser's session; a new one when it brings none. Calling this sets the cookie on the answer."""
    if "visitor" not in g:
        secret = _brought()
        g.visitor = Visitor(secret or new_secret(), is_new=secret is None)
    return g.visitor


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def in_cookie(secret: bytes) -> str:
    return urlsafe_b64encode(secret).decode()


def leaving() -> Visitor | None:
    """Whose traces the exit must wipe, also when the browser has already marked itself as gone."""
    secret = _secret()
    return Visitor(secret, is_new=False) if secret else None


def network() -> bytes:
    """Who calls, as `limits` knows people: a hash that is another one tomorrow."""
    return limits.network(request.remote_addr, current_app.config["NETWORK_SECRET"], clock.today())


def cookie_name() -> str:
    return "__Host-s" if current_app.config["SETTINGS"].https else "s"


def has_left() -> bool:
    return LEFT_COOKIE in request.cookies


def end(response: Response) -> Response:
    """Delete the cookie: with it go the way Back and every text we kept."""
    g.pop("visitor", None)
    return _take_back(response)


def _brought() -> bytes | None:
    return None if has_left() else _secret()


def _secret() -> bytes | None:
    try:
        secret = urlsafe_b64decode(request.cookies.get(cookie_name(), ""))
    except ValueError:
        return None
    return secret if len(secret) == SECRET_BYTES else None


def _hand_out(response: Response) -> Response:
    if has_left():
        response.delete_cookie(LEFT_COOKIE, path="/")
        _take_back(response)
    visitor = g.get("visitor")
    if visitor and visitor.is_new:
        response.set_cookie(
            cookie_name(), in_cookie(visitor.secret), path="/", httponly=True,
            samesite="Lax", secure=current_app.config["SETTINGS"].https,
        )  # fmt: skip
    return response


def _take_back(response: Response) -> Response:
    response.delete_cookie(
        cookie_name(), path="/", secure=current_app.config["SETTINGS"].https, httponly=True
    )
    return response
