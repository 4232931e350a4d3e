"""Help a neighbour: a kader writes for somebody else, seals it, and from then on only carries it."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, g, request, session
from werkzeug.datastructures import MultiDict

from pwa import db, filing, helping, i18n, receipts, shell, stash
from pwa.filing import Kind
from pwa.forms.neighbour import Carried, NeighbourForm, NeighbourVisitForm
from pwa.htmx import page, see
from pwa.reports import Channel

bp = Blueprint("neighbour", __name__, url_prefix="/kader")

FORMS: dict[str, type[Carried]] = {"/kader/tetangga": NeighbourForm, "/kader/temu": NeighbourVisitForm}
_TEMPLATES = {"/kader/tetangga": "kader/neighbour.html", "/kader/temu": "kader/visit.html"}
_KINDS = {"/kader/tetangga": Kind.REPORT, "/kader/temu": Kind.VISIT}


@bp.before_request
def _only_who_may_help() -> Response | None:
    """The page a phone keeps is made for nobody, so nobody asks for it; whoever else does must be a kader."""
    if request.environ.get(shell.FOR_NOBODY):
        return None
    return helping.only_kader() or (None if helping.may_help() else see("/kader"))


@bp.get("/tetangga")
@bp.get("/temu")
def show():
    kept = (session.token and stash.fetch(session.key, request.path)) or {}
    if "number" in kept:
        return page("kader/handed.html", number=kept["number"], danger=kept["danger"])
    form = FORMS[request.path](MultiDict(kept.get("fields", {})))
    if kept.get("checked"):
        form.validate()
    changed = kept.get("changed", False)
    return page(_TEMPLATES[request.path], form=form, id=kept.get("id", uuid4()), changed=changed)


@bp.post("/tetangga")
@bp.post("/temu")
def tell():
    form = FORMS[request.path](request.form)
    if form.validate():
        _file(form, request.form_id())
    else:
        keep_typed(request.path, request.form, checked=True)
    db.session.commit()
    return see(request.path)


@bp.post("/lain")
def tell_another():
    stash.forget(session.key, *FORMS)
    db.session.commit()
    return see("/kader/tetangga")


def keep_typed(path: str, fields: MultiDict, *, checked: bool = False, **more: object) -> None:
    """Keep a half-filled form over a 303, or over a change of language; the caller commits."""
    known = {field.name for field in FORMS[path]()}
    typed = {name: values for name, values in fields.lists() if name in known}
    kept = {"id": str(request.form_id()), "fields": typed, "checked": checked}
    stash.keep(session.key, path, kept | more)


def _file(form: Carried, id: UUID) -> None:
    """The same form sent twice is one; another text under its id begins a form of its own."""
    number = receipts.derived_number(session.key, id)
    told = {**form.given, "variant": form.variant}
    how = {"language": i18n.current().folder, "body_key": session.key}
    sealer = current_app.config["SEALER"]
    try:
        if _KINDS[request.path] == Kind.REPORT:
            sealer.tell(id, told, number, channel=Channel.KADER, filed_by=g.account.id, **how)
        else:
            sealer.ask_for_visit(id, told, sealer.stretch(number), handover=True, **how)
    except (filing.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        return keep_typed(request.path, request.form, changed=True, id=str(uuid4()))
    helping.note(id, _KINDS[request.path])
    return stash.keep(session.key, request.path, {"number": number, "danger": told.get("danger") == "yes"})
