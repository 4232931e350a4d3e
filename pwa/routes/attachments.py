"""Photos for the staff: handed over as a file, never shown on a page, and every one that leaves is noted."""

from uuid import UUID

from flask import Blueprint, Response, abort, g

from pwa import audit, db, logins, photos, room
from pwa.envelope import Unreadable

bp = Blueprint("attachments", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.get("/<uuid:id>/foto/<int(max=10):position>")
def download(id: UUID, position: int) -> Response:
    report, _ = room.enter(id)
    photo = photos.find(report, position) or abort(404)
    try:
        content = photos.open_(photo)
    except Unreadable:
        abort(404)
    audit.record("downloaded", by=g.account, kind="photo", object_id=photo.id)
    db.session.commit()
    response = Response(content, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = f'attachment; filename="foto-{position}.jpg"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
