"""Coming back with the number: what was answered and what comes next, never what was told."""

from datetime import timedelta
from uuid import UUID, uuid4

import wtforms
from flask import Blueprint, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from pwa import answers, db, i18n, limits, receipts, reports, stash, visitor
from pwa.forms.base import Form, at_most
from pwa.forms.story import STORY_LENGTH
from pwa.htmx import page, see
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.receipts import Stretched

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
    kept = stash.fetch(visitor.current().key, "kabar") or {}
    if "lookup_id" not in kept:
        return page("news/ask.html", typed=kept.get("typed", ""), error=kept.get("error"))
    number = _stretched(kept)
    receipt = receipts.find(number.lookup)
    typed = stash.fetch(visitor.current().key, "kabar/tambah") or {}
    form = AdditionForm(story=typed.get("story", ""))
    if typed and not typed.get("not_sent"):
        form.validate()
    return page(
        "news/show.html", answers=answers.read(receipt, number.reply_key) if receipt else [],
        reports=reports.of_receipt(receipt) if receipt else [], form=form, id=uuid4(),
        handover=bool(receipt and receipt.handover), new_number=kept.get("new_number"), notice="not-sent" if typed.get("not_sent") else kept.get("notice"),
    )  # fmt: skip


@bp.post("")
def open_():
    key = visitor.current().key
    number = receipts.tidy(request.form.get("number", ""))
    if not receipts.is_well_formed(number):
        stash.keep(key, "kabar", {"typed": request.form.get("number", "")[:60], "error": "number"})
    elif not limits.spend("kabar", visitor.network(), allowed=LOOKUPS, per=LOOKUPS_PER):
        stash.keep(key, "kabar", {"typed": request.form["number"][:60], "error": "busy"})
    else:
        _open(key, current_app.config["SEALER"].stretch(number))
    db.session.commit()
    return see("/kabar")


@bp.post("/tambah")
def add():
    key = visitor.current().key
    kept = stash.fetch(key, "kabar") or {}
    form = AdditionForm(request.form)
    if "lookup_id" not in kept:
        return see("/kabar")
    try:
        _add(key, kept, form)
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        stash.keep_without_database(key, "kabar/tambah", {"story": form.story.data, "not_sent": True})
    return see("/kabar")


@bp.post("/nomor")
def change_number():
    key = visitor.current().key
    kept = stash.fetch(key, "kabar") or {}
    if "lookup_id" in kept:
        _change_number(key, kept, _id())
        db.session.commit()
    return see("/kabar")


@bp.post("/tutup")
def close():
    stash.forget(visitor.current().key, "kabar", "kabar/tambah")
    db.session.commit()
    return see("/kabar")


def _open(key: bytes, number: Stretched, **more: object) -> None:
    stash.keep(
        key, "kabar", {"lookup_id": number.lookup_id.hex(), "reply_key": number.reply_key.hex(), **more}
    )  # fmt: skip


def _add(key: bytes, kept: dict, form: AdditionForm) -> None:
    if not form.validate():
        return stash.keep(key, "kabar/tambah", {"story": form.story.data or ""})
    number = _stretched(kept)
    sealer = current_app.config["SEALER"]
    try:
        sealer.add(_id(), form.story.data, number, language=i18n.current().folder, body_key=key)
    except reports.OtherBody:
        sealer.add(uuid4(), form.story.data, number, language=i18n.current().folder, body_key=key)
    stash.forget(key, "kabar/tambah")
    return _open(key, number, notice="added")


def _change_number(key: bytes, kept: dict, id: UUID) -> None:
    """A second tap finds the new number already in place and changes nothing."""
    sealer = current_app.config["SEALER"]
    old, fresh = _stretched(kept), receipts.derived_number(key, id)
    new = sealer.stretch(fresh)
    receipt = receipts.find(old.lookup, for_change=True)
    if receipt and old != new:
        sealer.change_number(id, receipt, old, new, language=i18n.current().folder)
    _open(key, new, new_number=fresh)


def _stretched(kept: dict) -> Stretched:
    return Stretched(bytes.fromhex(kept["lookup_id"]), bytes.fromhex(kept["reply_key"]))


def _id() -> UUID:
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return uuid4()
