"""The pages anybody may see, and the way out: nothing here stores anything or sets a cookie by itself."""

from flask import Blueprint, request

from pwa import db, hotlines, i18n, stash, visitor, wilayah
from pwa.htmx import page, see

bp = Blueprint("home", __name__)

LANGUAGE_COOKIE = "b"
_PAGES_WITH_TEXT = {"/cerita", "/cerita/sederhana", "/cerita/titip"}


@bp.get("/")
def home():
    return page("home/home.html")


@bp.get("/kontak")
def contacts():
    return page("home/contacts.html")


@bp.get("/kota")
def city():
    return page("home/city.html", places=wilayah.places_of_the_city())


@bp.get("/tentang-data")
def about_data():
    return page("home/about_data.html")


@bp.get("/keluar")
def leave_by_link():
    return visitor.end(_forget(see("/kota")))


@bp.post("/keluar")
def leave():
    from flask import make_response

    return visitor.end(_forget(make_response("", 204)))


@bp.get("/bahasa")
def languages():
    return page("home/languages.html")


@bp.post("/bahasa")
def choose_language():
    """Sent by the language buttons of any page; on a page with a form it brings along what was typed so far."""
    back = request.form.get("back", "/")
    response = see(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    if language := i18n.by_folder(request.form.get("language")):
        response.set_cookie(LANGUAGE_COOKIE, language.folder, path="/", httponly=True, samesite="Lax")
    if back in _PAGES_WITH_TEXT:
        _keep_typed(back)
    return response


def _keep_typed(back: str) -> None:
    from pwa.routes.report import keep_typed

    keep_typed(visitor.current(), back, request.form)
    db.session.commit()


def _forget(response):
    if present := visitor.present():
        stash.forget(present.key, "cerita", "kabar", "kabar/tambah")
        db.session.commit()
    return response
