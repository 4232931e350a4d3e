"""Photos and recordings from outside: sealed by her phone, or sent as they are by a browser that cannot, and sealed here."""

from datetime import timedelta
from hashlib import sha256
from hmac import digest
from uuid import uuid4

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge, UnprocessableEntity

from pwa import attachments, db, filing, i18n, letter, limits, pictures, sounds, stash, visitor
from pwa.attachments import Kind
from pwa.htmx import see

bp = Blueprint("files", __name__)

LARGEST_UPLOAD = 3 * 1024 * 1024
UPLOADS = 60
UPLOADS_PER = timedelta(minutes=10)

_KINDS = {"/kabar/foto": Kind.PHOTO, "/kabar/suara": Kind.AUDIO}
_BARE = {Kind.PHOTO: pictures.bare, Kind.AUDIO: sounds.bare}

# Each has its sentences in news/_photos.html and news/_voice.html.
_SAID = {
    pictures.NotAPicture: "kind", pictures.Broken: "broken", pictures.TooManyPixels: "pixels",
    sounds.NotASound: "kind", sounds.Broken: "broken", attachments.TooMany: "full", attachments.NoRoom: "room",
}  # fmt: skip


@bp.post("/kirim/foto")
def receive() -> Response:
    """Like the letter box: no cookie, no session, answered with the letter's own id."""
    body = _letter()
    try:
        label, sealed = letter.read(body)
        if not attachments.is_label(label, Kind.PHOTO):
            raise letter.NotALetter
        attachments.receive(label, sealed, body_hash=filing.hash_of(body), room=_has_room())
        db.session.commit()
    except (letter.NotALetter, filing.OtherBody):
        db.session.rollback()
        raise UnprocessableEntity from None
    except (attachments.TooMany, attachments.NoRoom) as trouble:
        db.session.rollback()
        return jsonify(refused=_SAID[type(trouble)]), 409
    return jsonify(receipt=str(label.id))


@bp.post("/kabar/foto")
@bp.post("/kabar/suara")
def add() -> Response:
    key, kind = visitor.current().key, _KINDS[request.path]
    kept = stash.fetch(key, "kabar") or {}
    if "lookup_id" in kept:
        outcome = _outcome(key, kind, bytes.fromhex(kept["lookup_id"]))
        stash.keep(key, "kabar", {**kept, "photo": None, "audio": None, kind: outcome})
        db.session.commit()
    return see("/kabar")


def _outcome(key: bytes, kind: Kind, lookup_id: bytes) -> str:
    """What to tell her; nothing is locked in the database while the file is made bare."""
    may = limits.spend("foto", visitor.network(), allowed=UPLOADS, per=UPLOADS_PER)
    db.session.commit()
    if not may:
        return "busy"
    sent = _sent(kind)
    if sent is None or len(sent) > LARGEST_UPLOAD:
        return "large"
    if not sent:
        return "none"
    try:
        _put(kind, _BARE[kind](sent), sha256(lookup_id).digest(), digest(key, sent, "sha256"))
    except tuple(_SAID) as trouble:
        db.session.rollback()
        return _SAID[type(trouble)]
    return "sent"


def _put(kind: Kind, content: bytes, lookup: bytes, body_hash: bytes) -> None:
    """A second tap adds nothing; another file from the same page is another file."""
    key, language = current_app.config["SEALER"].key, i18n.current().folder
    how = {"language": language, "body_hash": body_hash, "room": _has_room()}
    try:
        attachments.put(request.form_id(), kind, content, lookup, key, **how)
    except filing.OtherBody:
        attachments.put(uuid4(), kind, content, lookup, key, **how)


def _letter() -> bytes:
    request.max_content_length = attachments.LARGEST[Kind.PHOTO]
    return request.get_data(cache=False)


def _sent(kind: Kind) -> bytes | None:
    """The file of the form; `None` for a form that is too large to be read at all."""
    try:
        file = request.files.get(kind)
    except RequestEntityTooLarge:
        return None
    return file.stream.read() if file else b""


def _has_room() -> bool:
    return attachments.has_room(current_app.config["SETTINGS"])
