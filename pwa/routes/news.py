"""Coming back with the number: what was answered and what comes next, never what was told."""

from datetime import timedelta
from uuid import uuid4

import wtforms
from flask import Blueprint, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from pwa import (
    answers,
    db,
    filing,
    i18n,
    limits,
    listeners,
    opened,
    receipts,
    reports,
    seen,
    stash,
    visitor,
)
from pwa.forms.base import Form, at_most
from pwa.forms.story import STORY_LENGTH
from pwa.forms.visit import ReplyForm, days_ahead
from pwa.htmx import page, see
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l

bp = Blueprint("news", __name__, url_prefix="/kabar")

LOOKUPS = 60
LOOKUPS_PER = timedelta(minutes=10)


class AdditionForm(Form):
    story = wtforms.TextAreaField(_l("What else should staff know?"), [at_most(STORY_LENGTH)])

    def validate_story(self, field) -> None:
        if not field.data:
            raise wtforms.ValidationError(gettext("Nothing is filled in yet."))


@bp.get("")
def show():
    kept, typed = (each or {} for each in stash.fetch_all(visitor.current().key, opened.PAGE, "kabar/tambah"))
    if not opened.is_open(kept):
        return page(
            "news/ask.html", typed=kept.get("typed", ""), error=kept.get("error"), form=AdditionForm()
        )
    receipt = receipts.find(opened.lookup(kept))
    form = AdditionForm(story=typed.get("story", ""))
    if typed and not typed.get("not_sent"):
        form.validate()
    visits = seen.of(receipt) if receipt else []
    return page(
        "news/show.html",
        visits=visits,
        shown_beside=set().union(*(each.shown_ids for each in visits)),
        reply_form=_reply_form(kept),
        days_ahead=days_ahead(),
        fresh_id=uuid4,
        answers=answers.read(receipt, opened.reply_key(kept)) if receipt else [],
        reports=reports.of_receipt(receipt) if receipt else [],
        receipt=receipt,
        listeners=listeners.of(receipt),
        phone=kept.get("phone"),
        form=form,
        id=uuid4(),
        on_the_phone=opened.reply_key(kept) is None,
        new_number=kept.get("new_number"),
        photo=kept.get("photo"),
        audio=kept.get("audio"),
        notice="not-sent" if typed.get("not_sent") else kept.get("notice"),
    )


@bp.post("")
def open_():
    """By the number itself, or by the look-up id that a phone made of it: then the answers stay shut until it opens them."""
    key = visitor.current().key
    typed, lookup_id = request.form.get("number", ""), request.form.get("lookup_id", "")
    number = receipts.tidy(typed)
    if not _is_lookup_id(lookup_id) and not receipts.is_well_formed(number):
        stash.keep(key, "kabar", {"typed": typed[:60], "error": "number"})
    elif not limits.spend("kabar", visitor.network(), allowed=LOOKUPS, per=LOOKUPS_PER):
        stash.keep(key, "kabar", {"typed": typed[:60], "error": "busy"})
    elif _is_lookup_id(lookup_id):
        stash.keep(key, "kabar", {"lookup_id": lookup_id})
    else:
        opened.keep(key, current_app.config["SEALER"].stretch(number))
    db.session.commit()
    return see("/kabar")


@bp.post("/tambah")
def add():
    key = visitor.current().key
    kept = opened.fetch(key)
    form = AdditionForm(request.form)
    if opened.reply_key(kept) is None:
        return see("/kabar")
    try:
        _add(key, kept, form)
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        stash.keep_without_database(key, "kabar/tambah", {"story": form.story.data, "not_sent": True})
    return see("/kabar")


@bp.post("/tutup")
def close():
    stash.forget(visitor.current().key, "kabar", "kabar/tambah")
    db.session.commit()
    return see("/kabar")


def _reply_form(kept: dict) -> ReplyForm:
    """As it was typed, when it could not be taken like that."""
    form = ReplyForm(MultiDict(kept.get("reply") or {}))
    if kept.get("reply"):
        form.validate()
    return form


def _add(key: bytes, kept: dict, form: AdditionForm) -> None:
    if not form.validate():
        return stash.keep(key, "kabar/tambah", {"story": form.story.data or ""})
    number = opened.stretched(kept)
    sealer = current_app.config["SEALER"]
    try:
        sealer.add(request.form_id(), form.story.data, number, language=i18n.current().folder, body_key=key)
    except filing.OtherBody:
        sealer.add(uuid4(), form.story.data, number, language=i18n.current().folder, body_key=key)
    stash.forget(key, "kabar/tambah")
    return opened.keep(key, number, notice="added")


def _is_lookup_id(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)
