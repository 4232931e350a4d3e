"""What a counsellor's phone shows and hands in without signal: a page made for nobody, and signs under a trip's token."""

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import UnprocessableEntity

from pwa import db, letter, signs, words
from pwa.checkpoints import EXTENSIONS, WHEN
from pwa.forms.trips import SignForm
from pwa.htmx import page
from pwa.safety import Times

bp = Blueprint("activity", __name__)


@bp.get("/kegiatan")
def show():
    """Kept on the phone: no session, no token, no name. What is underway is filled in there."""
    return page("trips/kept.html", sign=SignForm(), when=WHEN, extensions=EXTENSIONS, words=words)


@bp.post("/kegiatan")
def receive() -> Response:
    """Answers with the newest sign's own id: the phone keeps them all until it has seen exactly that."""
    request.max_content_length = letter.LARGEST
    times = Times.of(current_app.config["SETTINGS"])
    try:
        receipt = signs.hand_in(
            request.get_data(cache=False), request.headers.get("X-Waited", ""), times=times
        )
    except letter.NotALetter:
        raise UnprocessableEntity from None
    db.session.commit()
    return jsonify(receipt=str(receipt))
