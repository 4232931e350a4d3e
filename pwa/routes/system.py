"""The files that stand at the root, and the pulse for whoever watches the machine."""

import json
from mimetypes import guess_type

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from pwa import assets, clock, db, deliver, jobs, places, pulse, revision
from pwa.reports import Addition, Report

bp = Blueprint("system", __name__)

_PULSE_AT_LEAST_EVERY = 120
_DAY = 24 * 60 * 60
_PICTURES = {path.name: path.read_bytes() for path in (assets.SOURCE / "img").iterdir()}


@bp.get("/healthz")
def health() -> Response:
    """Says whether somebody must come, and nothing about what is kept here."""
    try:
        with db.reading():
            facts = {"status": _status(), "schema": revision.current(), "queue_seconds": _queue_age()}
    except SQLAlchemyError:
        db.session.rollback()
        facts = {"status": "database"}
    return Response(json.dumps(facts), 200 if facts["status"] == "ok" else 503, mimetype="application/json")


@bp.get("/manifest.json")
def manifest() -> Response:
    """Where the office has a host of its own, the app that staff install there begins at its door."""
    content = (places.ROOT / "manifest.json").read_bytes()
    if not current_app.config["SETTINGS"].serves_residents_at(request.host):
        content = json.dumps(json.loads(content) | {"start_url": "/masuk"}).encode()
    return _kept_for_a_day(content, "application/manifest+json")


@bp.get("/favicon.ico")
def favicon() -> Response:
    return _picture("favicon.ico")


@bp.get("/icons/<name>")
def icon(name: str) -> Response:
    """At an address that never changes: a phone that installed the app asks for it for years."""
    return _picture(name)


@bp.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


def _status() -> str:
    """Which part of the background work has stopped, wherever that may be; residents' pages run none and watch none."""
    role = current_app.config["SETTINGS"].role
    if role.serves_office and not _is_fresh(jobs.heartbeat_age()):
        return "worker"
    if (role.serves_office or role.delivers) and not pulse.is_alive(pulse.DELIVERER, deliver.SILENT_AFTER):
        return "deliverer"
    return "ok"


def _is_fresh(age: float | None) -> bool:
    return age is not None and age < _PULSE_AT_LEAST_EVERY


def _queue_age() -> int:
    """Seconds for which the oldest envelope has waited to be opened."""
    oldest = [
        db.session.scalar(select(func.min(model.received_at)).where(model.unpacked_at.is_(None)))
        for model in (Report, Addition)
    ]
    return max((int((clock.now() - at).total_seconds()) for at in oldest if at), default=0)


def _picture(name: str) -> Response:
    content = _PICTURES.get(name) or abort(404)
    return _kept_for_a_day(content, guess_type(name)[0])


def _kept_for_a_day(content: bytes, mimetype: str | None) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return response
