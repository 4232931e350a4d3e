"""Photos from outside: sealed by her phone, or sent as they are by a browser that cannot, and sealed here at once."""

from datetime import timedelta
from hashlib import sha256
from hmac import digest
from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge, UnprocessableEntity

from pwa import db, filing, i18n, letter, limits, photos, pictures, stash, visitor
from pwa.htmx import see

bp = Blueprint("photos", __name__)

LARGEST_UPLOAD = 3 * 1024 * 1024
UPLOADS = 60
UPLOADS_PER = timedelta(minutes=10)

# Each has its sentence in news/_photos.html.
_SAID = {
    pictures.NotAPicture: "kind", pictures.Broken: "broken", pictures.TooManyPixels: "pixels",
    photos.TooMany: "full", photos.NoRoom: "room",
}  # fmt: skip


@bp.post("/kirim/foto")
def receive() -> Response:
    """Like the letter box: no cookie, no session, answered with the letter's own id."""
    body = _letter()
    try:
        label, sealed = letter.read(body)
        if not photos.is_label(label):
            raise letter.NotALetter
        photos.receive(label, sealed, body_hash=filing.hash_of(body), room=_has_room())
        db.session.commit()
    except (letter.NotALetter, filing.OtherBody):
        db.session.rollback()
        raise UnprocessableEntity from None
    except (photos.TooMany, photos.NoRoom) as trouble:
        db.session.rollback()
        return jsonify(refused=_SAID[type(trouble)]), 409
    return jsonify(receipt=str(label.id))


@bp.post("/kabar/foto")
def add() -> Response:
    key = visitor.current().key
    kept = stash.fetch(key, "kabar") or {}
    if "lookup_id" in kept:
        stash.keep(key, "kabar", kept | {"photo": _outcome(key, bytes.fromhex(kept["lookup_id"]))})
        db.session.commit()
    return see("/kabar")


def _outcome(key: bytes, lookup_id: bytes) -> str:
    """What to tell her; nothing is locked in the database while the picture is decoded."""
    may = limits.spend("foto", visitor.network(), allowed=UPLOADS, per=UPLOADS_PER)
    db.session.commit()
    if not may:
        return "busy"
    sent = _sent()
    if sent is None or len(sent) > LARGEST_UPLOAD:
        return "large"
    if not sent:
        return "none"
    try:
        _put(pictures.bare(sent), sha256(lookup_id).digest(), digest(key, sent, "sha256"))
    except tuple(_SAID) as trouble:
        db.session.rollback()
        return _SAID[type(trouble)]
    return "sent"


def _put(content: bytes, lookup: bytes, body_hash: bytes) -> None:
    """A second tap adds nothing; another photo from the same page is another photo."""
    key, language = current_app.config["SEALER"].key, i18n.current().folder
    how = {"language": language, "body_hash": body_hash, "room": _has_room()}
    try:
        photos.put(_id(), content, lookup, key, **how)
    except filing.OtherBody:
        photos.put(uuid4(), content, lookup, key, **how)


def _letter() -> bytes:
    request.max_content_length = photos.LARGEST
    return request.get_data(cache=False)


def _sent() -> bytes | None:
    """The file of the form; `None` for a form that is too large to be read at all."""
    try:
        file = request.files.get("photo")
    except RequestEntityTooLarge:
        return None
    return file.stream.read() if file else b""


def _id() -> UUID:
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return uuid4()


def _has_room() -> bool:
    settings = current_app.config["SETTINGS"]
    return photos.has_room(settings.data_dir, free_mb=settings.photos_free_mb)
