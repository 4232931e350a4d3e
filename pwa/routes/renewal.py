"""Taking a new number: made here for a browser without JavaScript, or by her phone, which closes the answers anew itself."""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, current_app, request
from werkzeug.exceptions import UnprocessableEntity

from pwa import addresses, answers, db, filing, i18n, letter, opened, receipts, reports, stash, visitor
from pwa.filing import Kind
from pwa.htmx import see

bp = Blueprint("renewal", __name__, url_prefix="/kabar/nomor")


@bp.post("")
def change():
    key = visitor.current().key
    kept = opened.fetch(key)
    if "letter" in request.form and opened.is_open(kept):
        _move(key, kept)
    elif opened.reply_key(kept):
        _change(key, kept, request.form_id())
    db.session.commit()
    return see("/kabar")


def _change(key: bytes, kept: dict, id: UUID) -> None:
    """A second tap finds the new number already in place and changes nothing."""
    sealer = current_app.config["SEALER"]
    old, fresh = opened.stretched(kept), receipts.derived_number(key, id)
    new = sealer.stretch(fresh)
    receipt = receipts.find(old.lookup, for_change=True)
    if receipt and old != new:
        sealer.change_number(id, receipt, old, new, language=i18n.current().folder)
    opened.keep(key, new, new_number=fresh)


def _move(key: bytes, kept: dict) -> None:
    """A phone has made its new number and closed every answer to it; here they only change places."""
    try:
        body = bytes.fromhex(request.form["letter"])
        label, sealed = letter.read(body)
        fresh = bytes.fromhex(request.form["lookup_id"])
        boxes = {
            UUID(id): bytes.fromhex(box)
            for id, box in zip(*map(request.form.getlist, ("answer", "box")), strict=True)
        }
    except ValueError:
        raise UnprocessableEntity from None
    receipt = receipts.find(opened.lookup(kept), for_change=True)
    if receipt and receipt.lookup == sha256(fresh).digest():
        return  # the first answer was lost on the way; everything has moved already
    if receipt and (label.kind != Kind.NEW_NUMBER or label.lookup != receipt.lookup or len(fresh) != 32):
        raise UnprocessableEntity
    if receipt:
        try:
            reports.add(label, sealed, body_hash=filing.hash_of(body))
            answers.move(receipt, sha256(fresh).digest(), boxes, phone=_phone())
        except (answers.Incomplete, filing.OtherBody):
            db.session.rollback()
            raise UnprocessableEntity from None
    stash.keep(key, "kabar", {"lookup_id": fresh.hex()})


def _phone() -> bytes:
    """The mark of the one she does this with; nothing where it is not called."""
    try:
        return addresses.mark_of(addresses.parse(request.form.get("subscription", "")))
    except addresses.Incomplete:
        return b""
