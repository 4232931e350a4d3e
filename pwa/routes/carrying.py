"""The letter box of kader: what one of their phones has already sealed, taken in her name alone."""

from flask import Blueprint, Response, abort, g, jsonify, request, session
from werkzeug.exceptions import UnprocessableEntity

from pwa import db, filing, helping, letter, receipts, reports, visits
from pwa.envelope import Label
from pwa.filing import Kind
from pwa.reports import Channel

bp = Blueprint("carrying", __name__, url_prefix="/kader/kirim")


@bp.before_request
def _only_who_may_help() -> Response | None:
    """A locked phone in a pocket still carries: what it brings was sealed before, and it is shown nothing but a receipt.

    A letter that waited is no reader to be led to a page: where nobody is signed in any more, it is told to wait.
    """
    if session.token and session.holder is None:
        abort(401)
    return helping.only_kader(even_locked=True) or (None if helping.may_help() else abort(403))


@bp.post("")
def receive() -> Response:
    """Answers with the letter's own id: the phone keeps the letter until it has seen exactly that."""
    request.max_content_length = letter.LARGEST
    body = request.get_data(cache=False)
    try:
        label, sealed = letter.read(body, request.headers.get("X-Waited", ""))
        _carry(label, sealed, filing.hash_of(body))
        db.session.commit()
    except (letter.NotALetter, KeyError, filing.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        raise UnprocessableEntity from None
    return jsonify(receipt=str(label.id))


def _carry(label: Label, sealed: bytes, body_hash: bytes) -> None:
    match label.kind:
        case Kind.REPORT:
            hers = {"channel": Channel.KADER, "filed_by": g.account.id}
            reports.receive(label, sealed, body_hash=body_hash, handover=True, **hers)
        case Kind.VISIT:
            visits.ask(label, sealed, body_hash=body_hash, handover=True)
        case _:
            raise KeyError(label.kind)
    helping.note(label.id, Kind(label.kind), waited=label.waited)
