"""Choosing a language: on every page, without JavaScript, and without losing what was typed."""

from flask import Blueprint, request, session

from pwa import db, i18n, visitor
from pwa.htmx import page, see
from pwa.routes import neighbour, report, visit

bp = Blueprint("language", __name__)

COOKIE = "b"


@bp.get("/bahasa")
def show():
    return page("language/show.html")


@bp.post("/bahasa")
def choose():
    """Sent by the language buttons of any page; one with a form brings along what was typed so far."""
    back = request.form.get("back", "/")
    response = see(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    if chosen := i18n.by_folder(request.form.get("language")):
        response.set_cookie(COOKIE, chosen.folder, path="/", httponly=True, samesite="Lax")
    for room in (report, visit):
        if back in room.FORMS:
            room.keep_typed(visitor.current(), request.form)
            db.session.commit()
    if back in neighbour.FORMS and session.account:
        neighbour.keep_typed(back, request.form)
        db.session.commit()
    return response
