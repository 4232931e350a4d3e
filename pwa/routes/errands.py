"""The office and the kader who brought a report: a word with her, and nothing more."""

from uuid import UUID

from flask import Blueprint, abort, url_for

from pwa import db, errands, logins, room

bp = Blueprint("errands", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.post("/<uuid:id>/panggilan")
def ask_to_call(id: UUID):
    report = room.report(id)
    errand = _errand(report)
    return room.step(report, "kader-called", lambda: errands.ask_to_call(errand), back=_back(id))


@bp.post("/<uuid:id>/panggilan/selesai")
def has_called(id: UUID):
    report = room.report(id)
    errand = _errand(report)
    return room.step(report, "kader-has-called", lambda: errands.has_called(errand), back=_back(id))


def _errand(report):
    return db.session.scalars(errands.of(report)).first() or abort(404)


def _back(id: UUID) -> str:
    return url_for("triage.show", id=id)
