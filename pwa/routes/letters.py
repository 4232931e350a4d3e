"""The letter box: what a browser has already sealed. No session, no cookie, no number; the same bytes count once."""

from hashlib import sha256

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge, UnprocessableEntity

from pwa import db, envelope, i18n, receipts, reports, wilayah
from pwa.envelope import SCHEMA, Label, Unreadable
from pwa.reports import Kind

bp = Blueprint("letters", __name__)

LARGEST = 64 * 1024
OLDEST_SCHEMA = SCHEMA - 2


@bp.post("/kirim")
def receive() -> Response:
    """Answers with the letter's own id: the phone keeps the letter until it has seen exactly that."""
    body = _body()
    label, sealed = _parse(body)
    file = reports.receive if label.kind == Kind.REPORT else reports.add
    try:
        file(label, sealed, body_hash=sha256(body).digest())
        db.session.commit()
    except (reports.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        raise UnprocessableEntity from None
    return jsonify(receipt=str(label.id))


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    return request.get_data(cache=False)


def _parse(body: bytes) -> tuple[Label, bytes]:
    """Two bytes of length, the label, the envelope. Raises `UnprocessableEntity`."""
    size = int.from_bytes(body[:2], "big")
    try:
        label = Label.read(body[2 : 2 + size])
        envelope.key_id_of(body[2 + size :])
    except (ValueError, OverflowError, OSError, Unreadable):
        raise UnprocessableEntity from None
    if not _is_ours(label):
        raise UnprocessableEntity
    return label, body[2 + size :]


def _is_ours(label: Label) -> bool:
    return (
        label.kind in (Kind.REPORT, Kind.ADDITION)
        and i18n.by_folder(label.language) is not None
        and (label.kecamatan is None or wilayah.kecamatan_of(label.kecamatan) == label.kecamatan)
        and OLDEST_SCHEMA <= label.schema <= SCHEMA
    )
