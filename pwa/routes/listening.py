"""Her own phone says that it wants to be told when there is news, or no longer. Whoever holds the number may say so."""

from datetime import timedelta

from flask import Blueprint, current_app, request

from pwa import addresses, db, endpoints, limits, listeners, opened, receipts, stash, subscriptions, visitor
from pwa.htmx import see

bp = Blueprint("listening", __name__, url_prefix="/kabar/hp")

TRIES = 60
TRIES_PER = timedelta(minutes=10)


@bp.post("")
def begin():
    """What it says of a number nobody has is the same: there is nothing to listen to."""
    key = visitor.current().key
    if opened.is_open(kept := opened.fetch(key)):
        stash.keep(key, opened.PAGE, kept | {"phone": _begin(opened.lookup(kept))})
        db.session.commit()
    return see("/kabar")


@bp.post("/mati")
def end():
    """All of them, from any phone: the one that rings may be in other hands by now."""
    key = visitor.current().key
    if opened.is_open(kept := opened.fetch(key)):
        if receipt := receipts.find(opened.lookup(kept)):
            subscriptions.forget_receipt(receipt.id)
        stash.keep(key, opened.PAGE, kept | {"phone": "silent"})
        db.session.commit()
    return see("/kabar")


def _begin(lookup: bytes) -> str:
    """A word that has its sentence in news/_phone.html."""
    if not limits.spend("kabar/hp", visitor.network(), allowed=TRIES, per=TRIES_PER):
        return "busy"
    service, keys = current_app.config["PUSH_SERVICE"], current_app.config["PUSH_KEYS"]
    try:
        device = addresses.parse(request.form.get("subscription"))
        service.name_of(device.endpoint)
    except (addresses.Incomplete, endpoints.Unacceptable):
        return "unknown"
    if receipt := receipts.find(lookup):
        listeners.add(device, receipt, service=service, keys=keys)
    return "told"
