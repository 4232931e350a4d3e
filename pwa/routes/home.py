"""The pages anybody may see, and the way out: nothing here stores anything or sets a cookie by itself."""

from flask import Blueprint, Response, make_response, request

from pwa import db, stash, visitor, wilayah
from pwa.htmx import page, see

bp = Blueprint("home", __name__)


@bp.get("/")
def home():
    return page("home/home.html")


@bp.get("/kontak")
def contacts():
    return page("home/contacts.html")


@bp.get("/kota")
def city():
    return page("home/city.html", places=wilayah.places_of_the_city())


@bp.get("/coba")
def rehearsal():
    """Writes nothing and has nothing to wipe; with a cookie already there, its exit is a real one."""
    return page("home/rehearsal.html", is_only_a_trial=not request.cookies)


@bp.get("/tentang-data")
def about_data():
    return page("home/about_data.html")


@bp.get("/keluar")
def leave_by_link():
    return visitor.end(_forget(see("/kota")))


@bp.post("/keluar")
def leave():
    return visitor.end(_forget(make_response("", 204)))


@bp.post("/hapus-jejak")
def erase():
    """Asked by fetch only: on a page that a worker answers, this header would hang the tab."""
    response = visitor.end(_forget(make_response("", 204)))
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return response


def _forget(response: Response) -> Response:
    if left := visitor.leaving():
        stash.forget(left.key, "cerita", "temu", "kabar", "kabar/tambah")
        db.session.commit()
    return response
