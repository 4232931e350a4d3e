"""The slot for spoken stories: sealed by her phone, in one piece or in many. No cookie, no session, like the letter box."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, jsonify, request
from werkzeug.exceptions import TooManyRequests, UnprocessableEntity

from pwa import attachments, db, filing, letter, limits, pieces, visitor
from pwa.pieces import Upload

bp = Blueprint("pieces", __name__, url_prefix="/kirim/suara")

LARGEST = 400_000
BEGUN = 120
BEGUN_PER = timedelta(minutes=10)

_REFUSED = {attachments.TooMany: "full", attachments.NoRoom: "room"}


@bp.route("/<uuid:id>", methods=["HEAD"])
def look(id: UUID) -> Response:
    """How far it came, for whoever began it."""
    return _so_far(pieces.find(id, _key()) or abort(404))


@bp.patch("/<uuid:id>")
def go_on(id: UUID) -> Response:
    """The last piece is answered with the letter's own id: nothing else is a receipt."""
    request.max_content_length = LARGEST
    content, key = request.get_data(cache=False), _key()
    try:
        upload = pieces.find(id, key) or _begin(id, key, content)
        pieces.go_on(upload, _number("Upload-Offset"), content)
        db.session.commit()
    except (letter.NotALetter, filing.OtherBody):
        db.session.rollback()
        raise UnprocessableEntity from None
    except tuple(_REFUSED) as trouble:
        db.session.rollback()
        return jsonify(refused=_REFUSED[type(trouble)]), 409
    except pieces.Elsewhere:
        answer = _so_far(upload)
        answer.status_code = 409
        return answer
    return jsonify(receipt=str(id)) if upload.is_whole else _so_far(upload)


def _begin(id: UUID, key: bytes, first: bytes) -> Upload:
    if _number("Upload-Offset") != 0:
        abort(404)  # forgotten, or another's: whoever it belongs to begins again
    if not limits.spend("suara", visitor.network(), allowed=BEGUN, per=BEGUN_PER):
        raise TooManyRequests
    room = attachments.has_room(current_app.config["SETTINGS"])
    return pieces.begin(id, key, first, size=_number("Upload-Length"), room=room)


def _so_far(upload: Upload) -> Response:
    answer = jsonify(offset=upload.done)
    answer.headers["Upload-Offset"], answer.headers["Upload-Length"] = str(upload.done), str(upload.size)
    return answer


def _key() -> bytes:
    """Made with the letter, and shown with each of its pieces: who only saw the address can do nothing."""
    key = request.headers.get("Upload-Key", "")
    return (
        key.encode() if len(key) == 64 and key.isascii() else abort(404 if request.method == "HEAD" else 422)
    )


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else abort(422)
