"""Photos and recordings for the staff: handed over as a file, never shown on a page, and every one that leaves is noted."""

from uuid import UUID

from flask import Blueprint, Response, abort, g

from pwa import attachments, audit, db, logins, room
from pwa.attachments import Kind
from pwa.envelope import Unreadable

bp = Blueprint("attachments", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))

_KINDS = {"foto": Kind.PHOTO, "suara": Kind.AUDIO}


@bp.get("/<uuid:id>/<any(foto, suara):name>/<int(max=10):position>")
def download(id: UUID, name: str, position: int) -> Response:
    report, _ = room.enter(id)
    kind = _KINDS[name]
    found = attachments.find(report, kind, position) or abort(404)
    try:
        content = attachments.open_(found)
    except Unreadable:
        abort(404)
    audit.record("downloaded", by=g.account, kind=kind, object_id=found.id)
    db.session.commit()
    made = attachments.format_of(content, kind)
    response = Response(content, mimetype=made.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{position}.{made.ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
