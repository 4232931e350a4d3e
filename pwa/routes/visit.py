"""Asking for a visit without JavaScript: one form, one answer 303, one page that shows what became of it."""

from uuid import UUID, uuid4, uuid5

from flask import Blueprint, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from pwa import db, filing, i18n, oncall, opened, receipts, stash, visitor
from pwa.forms.visit import VisitForHerForm, VisitForm
from pwa.htmx import page, see
from pwa.visitor import Visitor

bp = Blueprint("visit", __name__)

FORMS: dict[str, type[VisitForm]] = {"/temu": VisitForm, "/temu/titip": VisitForHerForm}
_NOBODY = UUID(int=1)


@bp.get("/temu")
@bp.get("/temu/titip")
def show():
    kept = stash.fetch(visitor.current().key, "temu") or {}
    if "number" in kept:
        covered = kept["danger"] and oncall.is_covered()
        return page("visit/receipt.html", number=kept["number"], danger=kept["danger"], covered=covered)
    form = FORMS[request.path](MultiDict(kept.get("fields", {})))
    if kept.get("checked"):
        form.validate()
    return page(
        "visit/ask.html", form=form, id=kept.get("id", uuid4()), notice=kept.get("notice"),
        open_number=opened.is_open(opened.fetch(visitor.current().key)),
        status=503 if kept.get("notice") == "not-sent" else 200,
    )  # fmt: skip


@bp.post("/temu")
@bp.post("/temu/titip")
def ask():
    asker = visitor.current()
    back = request.path
    try:
        back = _ask(asker)
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        stash.keep_without_database(asker.key, "temu", _typed(request.form, notice="not-sent"))
    return see(back)


@bp.post("/temu/lain")
def ask_for_another():
    stash.forget(visitor.current().key, "temu")
    db.session.commit()
    return see("/temu")


def keep_typed(asker: Visitor, fields: MultiDict) -> None:
    """Keep a half-filled form over a change of language; the caller commits."""
    stash.keep(asker.key, "temu", _typed(fields, checked=False))


def _ask(asker: Visitor) -> str:
    """Where she sees what became of it: beside the number she has open, or on a page with a new one."""
    form = FORMS[request.path](request.form)
    if not form.validate():
        stash.keep(asker.key, "temu", _typed(request.form))
        return request.path
    id = _form_id(asker)
    kept = opened.fetch(asker.key)
    old = opened.stretched(kept) if "behind_open" in request.form else None
    fresh = receipts.derived_number(asker.key, id)
    number = old or current_app.config["SEALER"].stretch(fresh)
    told = {**form.given, "variant": form.variant}
    try:
        current_app.config["SEALER"].ask_for_visit(
            id, told, number, language=i18n.current().folder, body_key=asker.key
        )
    except (filing.OtherBody, receipts.NumberTaken):
        again = _typed(request.form, notice="changed", checked=False) | {"id": str(uuid4())}
        stash.keep(asker.key, "temu", again)
        return request.path
    if old:
        stash.forget(asker.key, "temu")
        stash.keep(asker.key, opened.PAGE, kept | {"notice": "asked"})
        return "/kabar"
    stash.keep(asker.key, "temu", {"number": fresh, "danger": form.danger.data == "yes"})
    return request.path


def _form_id(asker: Visitor) -> UUID:
    """The id the page carried; for a form without one, an id that a repeated tap would make again."""
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return uuid5(_NOBODY, repr((asker.key, sorted(request.form.items(multi=True)))))


def _typed(fields: MultiDict, *, notice: str | None = None, checked: bool = True) -> dict[str, object]:
    known = {name: values for name, values in fields.lists() if name in _FIELD_NAMES}
    return {"id": fields.get("id", str(uuid4())), "fields": known, "notice": notice, "checked": checked}


_FIELD_NAMES = {
    name for form in FORMS.values() for name in dir(form) if hasattr(getattr(form, name), "field_class")
}
