"""The calendar file, for the one whose calendar it is."""

from uuid import UUID

from flask import Blueprint, Response, abort, g

from pwa import calendar, logins
from pwa.accounts import StaffRole

bp = Blueprint("calendar", __name__, url_prefix="/konselor")
bp.before_request(logins.guard(StaffRole.KONSELOR))


@bp.get("/jadwal.ics")
def download():
    return _file(calendar.entries(g.account.id))


@bp.get("/jadwal/<uuid:visit_id>.ics")
def download_one(visit_id: UUID):
    return _file([calendar.entry(g.account.id, visit_id) or abort(404)])


def _file(entries: list[calendar.Entry]) -> Response:
    response = Response(calendar.written(entries), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="kegiatan.ics"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
