"""What a phone of one's own fetches to keep: the worker, and each page of its shell."""

from flask import Blueprint, Response, abort, current_app, request

from pwa import shell

bp = Blueprint("offline", __name__)


@bp.get("/service-worker.js")
def worker() -> Response:
    """Never from a cache: a worker that must go has to be replaceable at once."""
    gone = current_app.config["SETTINGS"].worker_gone
    content = shell.farewell() if gone else current_app.extensions["shell"].worker(request.host)
    return _fresh(Response(content, mimetype="text/javascript"))


@bp.get("/luring/<language>/", defaults={"page": ""})
@bp.get("/luring/<language>/<path:page>")
def kept_page(language: str, page: str) -> Response:
    content = current_app.extensions["shell"].kept(request.host).pages.get(request.path) or abort(404)
    response = _fresh(Response(content, mimetype="text/html"))
    response.headers["X-Offline"] = "public"
    return response


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    return response
