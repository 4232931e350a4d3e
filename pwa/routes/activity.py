"""Where a phone that had no signal hands in the signs that waited on it: by its token, with no session."""

from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import UnprocessableEntity

from pwa import checkpoints, db, outings, trips
from pwa.checkpoints import Kind
from pwa.forms.trips import SignForm
from pwa.safety import Times

bp = Blueprint("activity", __name__)


@bp.post("/kegiatan")
def receive() -> Response:
    """Answers with the sign's own id: the phone keeps a sign until it has seen exactly that."""
    form = SignForm(request.form)
    trip = trips.by_token(request.form.get("token", "")[:64])
    try:
        id = UUID(form.id.data or "")
    except ValueError:
        raise UnprocessableEntity from None
    if trip is None or not form.validate():
        raise UnprocessableEntity
    checkpoints.note(
        trip, id, Kind(form.kind.data), times=Times.of(current_app.config["SETTINGS"]), happened_at=form.happened_at,
        minutes=form.longer, word=form.word.data or "",
    )  # fmt: skip
    outings.follow(trip)
    db.session.commit()
    return jsonify(receipt=str(id))
