"""The letter box: what a browser has already sealed. No session, no cookie, no number; the same bytes count once."""

from functools import partial

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge, UnprocessableEntity

from pwa import db, filing, letter, letterbox, oncall, receipts, replies, reports, visits
from pwa.envelope import Label
from pwa.filing import Kind

bp = Blueprint("letters", __name__)

_FILED_BY = {
    Kind.REPORT: reports.receive, Kind.ADDITION: reports.add, Kind.VISIT: visits.ask, Kind.REPLY: replies.say
}  # fmt: skip


@bp.post("/kirim")
def receive() -> Response:
    """Answers with the letter's own id: the phone keeps the letter until it has seen exactly that.

    Whether somebody on call can be woken is said here and not in the page, which may have been kept for days.
    """
    if (request.content_length or 0) > letter.LARGEST:
        raise RequestEntityTooLarge
    body = request.get_data(cache=False)
    try:
        label, sealed = letter.read(body, request.headers.get("X-Waited", ""))
        _file(label, sealed, filing.hash_of(body))
    except (letter.NotALetter, KeyError, filing.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        raise UnprocessableEntity from None
    covered = {"covered": True} if label.danger and oncall.is_covered() else {}
    return jsonify(receipt=str(label.id), **covered)


def _file(label: Label, sealed: bytes, body_hash: bytes) -> None:
    file = partial(_FILED_BY[label.kind], label, sealed, body_hash=body_hash)
    if label.kind == Kind.REPORT:  # touches nobody else's row, so nobody's turn can be held up by it
        return letterbox.put(file)
    file()
    return db.session.commit()
