"""What a device says when it has shown a line: an id that only it was told, and nothing else."""

from uuid import UUID

from flask import Blueprint, request

from pwa import db, sendings

bp = Blueprint("push", __name__, url_prefix="/push")


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
