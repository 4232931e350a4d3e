"""What a device says by itself, without anybody being signed in: its line was shown, it moved, it is to be forgotten.

It proves who it is by what nobody else has: an id that only it was told, or the whole address it was given.
"""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, current_app, request

from pwa import addresses, db, endpoints, limits, sendings, subscriptions, visitor
from pwa.addresses import Incomplete

bp = Blueprint("push", __name__, url_prefix="/push")

LONGEST = 8 * 1024
MOVES = 300  # on the day a new key is made, many phones of one network move
MOVES_PER = timedelta(minutes=10)


@bp.post("/ack")
def acknowledge():
    """Answers the same whatever it was told: nobody can find out which ids there are."""
    try:
        id = UUID(request.get_data(cache=False)[:64].decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return "", 204
    sendings.acknowledge(id)
    db.session.commit()
    return "", 204


@bp.post("/pindah")
def move():
    """Its browser has given it another address. Answers the same whether or not the old one is known."""
    if not limits.spend("push", visitor.network(), allowed=MOVES, per=MOVES_PER):
        db.session.commit()
        return "", 429
    try:
        old, new = addresses.parse_move(_body())
        subscriptions.move(
            old, new, service=current_app.config["PUSH_SERVICE"], keys=current_app.config["PUSH_KEYS"]
        )
    except (Incomplete, endpoints.Unacceptable):
        pass  # whoever says something else than a browser of ours learns nothing
    db.session.commit()
    return "", 204


@bp.post("/lupa")
def forget():
    """She erases every trace of us; the same answer for a device nobody knew."""
    try:
        subscriptions.forget_as_listener(addresses.parse(_body()))
    except Incomplete:
        return "", 204
    db.session.commit()
    return "", 204


def _body() -> bytes:
    return request.get_data(cache=False)[:LONGEST]
