"""The way out, on either host: what a page kept goes with its cookie, and whoever works here is locked out too."""

from flask import Blueprint, Response, current_app, make_response, redirect, session

from pwa import cookies, db, stash, visitor

bp = Blueprint("leaving", __name__)

_KEPT_BY = ("cerita", "temu", "kabar", "kabar/tambah")


@bp.get("/keluar")
def leave_by_link():
    return _leave(redirect(current_app.config["SETTINGS"].city_url, 303))


@bp.post("/keluar")
def leave():
    return _leave(make_response("", 204))


@bp.post("/hapus-jejak")
def erase():
    """Asked by fetch only: on a page that a worker answers, this header would hang the tab."""
    response = _leave(make_response("", 204))
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return response


def _leave(response: Response) -> Response:
    if left := visitor.leaving():
        stash.forget(left.key, *_KEPT_BY)
    if session.login:
        from pwa import doorway  # the public part has none

        doorway.lock_behind()
    db.session.commit()
    return visitor.end(cookies.clear(response))
