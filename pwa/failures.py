"""When something breaks: a neutral page with the phone numbers, never a trace and never a page made from a POST.

A browser keeps the whole body of a POST on disk when the answer is a page, so a failed form is sent on to a page of
its own.
"""

import logging

from flask import Flask, Response, request
from sqlalchemy.exc import DatabaseError, InterfaceError, TimeoutError
from werkzeug.exceptions import HTTPException, NotFound

from pwa import db
from pwa.htmx import page, see, wants_fragment
from pwa.security import SAFE_METHODS

_log = logging.getLogger("pwa.failures")
_EXPLAINED = (400, 413, 429, 500, 503)


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, _broken)
    for kind in (DatabaseError, InterfaceError, TimeoutError):
        app.register_error_handler(kind, _database_away)
    app.add_url_rule("/maaf/<int:status>", "sorry", sorry)


def sorry(status: int) -> Response:
    if status not in _EXPLAINED:
        raise NotFound
    return _say(status)


def refused(error: HTTPException) -> Response:
    return _answer(error.code or 500) if error.response is None else error.response


def _database_away(error: Exception) -> Response:
    db.session.rollback()
    _log.error("database: %s", type(error).__name__)
    return _answer(503)


def _broken(error: Exception) -> Response:
    db.session.rollback()
    _log.error("unhandled", exc_info=error)
    return _answer(500)


def _answer(status: int) -> Response:
    typed_into_a_form = request.method not in SAFE_METHODS and not wants_fragment()
    return see(f"/maaf/{status}") if typed_into_a_form and status in _EXPLAINED else _say(status)


def _say(status: int) -> Response:
    answer = page("system/sorry.html", sorry_for=status)
    answer.status_code = status
    return answer
