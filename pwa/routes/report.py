"""Telling what happened without JavaScript: one form, one answer 303, one page that shows what became of it."""

from uuid import UUID, uuid4, uuid5

from flask import Blueprint, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from pwa import db, filing, i18n, oncall, receipts, stash, visitor
from pwa.forms.story import ChildForm, ProxyForm, StoryForm, Told
from pwa.htmx import page, see
from pwa.visitor import Visitor

bp = Blueprint("report", __name__)

FORMS: dict[str, type[Told]] = {
    "/cerita": StoryForm,
    "/cerita/sederhana": ChildForm,
    "/cerita/titip": ProxyForm,
}
_NOBODY = UUID(int=0)


@bp.get("/cerita")
@bp.get("/cerita/sederhana")
@bp.get("/cerita/titip")
def show():
    kept = stash.fetch(visitor.current().key, "cerita") or {}
    if "number" in kept:
        covered = kept["danger"] and oncall.is_covered()
        return page("report/receipt.html", number=kept["number"], danger=kept["danger"], covered=covered)
    form = FORMS[request.path](MultiDict(kept.get("fields", {})))
    if kept.get("checked"):
        form.validate()
    return page(
        "report/story.html", form=form, id=kept.get("id", uuid4()), notice=kept.get("notice"),
        status=503 if kept.get("notice") == "not-sent" else 200,
    )  # fmt: skip


@bp.post("/cerita")
@bp.post("/cerita/sederhana")
@bp.post("/cerita/titip")
def tell():
    teller = visitor.current()
    try:
        _tell(teller)
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        stash.keep_without_database(teller.key, "cerita", _typed(request.form, notice="not-sent"))
    return see(request.path)


@bp.post("/cerita/lain")
def tell_another():
    stash.forget(visitor.current().key, "cerita")
    db.session.commit()
    return see("/cerita")


def keep_typed(teller: Visitor, fields: MultiDict) -> None:
    """Keep a half-filled form over a change of language; the caller commits."""
    stash.keep(teller.key, "cerita", _typed(fields, checked=False))


def _tell(teller: Visitor) -> None:
    form = FORMS[request.path](request.form)
    if not form.validate():
        return stash.keep(teller.key, "cerita", _typed(request.form))
    id = _form_id(teller)
    number = receipts.derived_number(teller.key, id)
    told = {**form.given, "variant": form.variant}
    try:
        report = current_app.config["SEALER"].tell(
            id, told, number, language=i18n.current().folder, body_key=teller.key
        )
    except (filing.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        fresh = _typed(request.form, notice="changed", checked=False) | {"id": str(uuid4())}
        return stash.keep(teller.key, "cerita", fresh)
    return stash.keep(teller.key, "cerita", {"number": number, "danger": report.danger})


def _form_id(teller: Visitor) -> UUID:
    """The id the page carried; for a form without one, an id that a repeated tap would make again."""
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return uuid5(_NOBODY, repr((teller.key, sorted(request.form.items(multi=True)))))


def _typed(fields: MultiDict, *, notice: str | None = None, checked: bool = True) -> dict[str, object]:
    known = {name: values for name, values in fields.lists() if name in _FIELD_NAMES}
    return {"id": fields.get("id", str(uuid4())), "fields": known, "notice": notice, "checked": checked}


_FIELD_NAMES = {
    name for form in FORMS.values() for name in dir(form) if hasattr(getattr(form, name), "field_class")
}
