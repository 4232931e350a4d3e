"""What she says about a visit by her number, without JavaScript: sealed here at once and acted upon by the office."""

from uuid import uuid4

from flask import Blueprint, current_app, request

from pwa import db, filing, i18n, opened, stash, visitor
from pwa.forms.visit import ReplyForm
from pwa.htmx import see

bp = Blueprint("appointment", __name__)


@bp.post("/kabar/temu")
def reply():
    key = visitor.current().key
    kept = opened.fetch(key)
    form = ReplyForm(request.form)
    if not opened.stretched(kept):
        return see("/kabar")
    if form.validate():
        _say(key, kept, form)
        kept = kept | {"notice": "said", "reply": None}
    else:
        kept = kept | {"reply": form.given}
    stash.keep(key, opened.PAGE, kept)
    db.session.commit()
    return see("/kabar")


def _say(key: bytes, kept: dict, form: ReplyForm) -> None:
    """A second tap says nothing new; another answer from the same page is another answer."""
    said = {"language": i18n.current().folder, "body_key": key}
    sealer, number = current_app.config["SEALER"], opened.stretched(kept)
    try:
        sealer.reply(request.form_id(), form.given, number, **said)
    except filing.OtherBody:
        sealer.reply(uuid4(), form.given, number, **said)
