"""Choosing a language: on every page, without JavaScript, and without losing what was typed."""

from flask import Blueprint, request, session

from pwa import db, i18n, visitor
from pwa.htmx import page, see
from pwa.routes import report, visit

bp = Blueprint("language", __name__)


@bp.get("/bahasa")
def show():
    return page("language/show.html")


@bp.post("/bahasa")
def choose():
    """Sent by the language buttons of any page; one with a form brings along what was typed so far."""
    back = request.form.get("back", "/")
    response = see(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    if chosen := i18n.by_folder(request.form.get("language")):
        response.set_cookie(i18n.COOKIE, chosen.folder, path="/", httponly=True, samesite="Lax")
    for room in (report, visit):
        if back in room.FORMS:
            room.keep_typed(visitor.current(), request.form)
            db.session.commit()
    if session.account:
        from pwa.routes import neighbour  # the public part has no such room

        if back in neighbour.FORMS:
            neighbour.keep_typed(back, request.form)
            db.session.commit()
    return response
