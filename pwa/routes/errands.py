"""The office and the kader who brought a report: a word with her, and nothing more."""

from uuid import UUID

from flask import Blueprint, url_for

from pwa import db, errands, logins, room
from pwa.errands import Errand
from pwa.htmx import see
from pwa.reports import Report

bp = Blueprint("errands", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.post("/<uuid:id>/panggilan")
def ask_to_call(id: UUID):
    report, back = room.report(id), url_for("triage.show", id=id)
    errand = _errand(report)
    if errand is None:
        return see(back)
    return room.step(report, "kader-called", lambda: errands.ask_to_call(errand), back=back)


@bp.post("/<uuid:id>/panggilan/selesai")
def has_called(id: UUID):
    report, back = room.report(id), url_for("triage.show", id=id)
    errand = _errand(report)
    if errand is None:
        return see(back)
    return room.step(report, "kader-has-called", lambda: errands.has_called(errand), back=back)


def _errand(report: Report) -> Errand | None:
    """Most reports were brought by nobody; then there is nobody to ask."""
    return db.session.scalars(errands.of(report)).first()
