"""Help a neighbour: a kader writes for somebody else, seals it, and from then on only carries it."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, current_app, g, jsonify, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden, UnprocessableEntity

from pwa import (
    audit,
    db,
    errands,
    filing,
    i18n,
    kaders,
    letter,
    logins,
    receipts,
    reports,
    shell,
    stash,
    visits,
)
from pwa.accounts import StaffRole
from pwa.envelope import Label
from pwa.filing import Kind
from pwa.forms.neighbour import Carried, NeighbourForm, NeighbourVisitForm
from pwa.htmx import page, see
from pwa.reports import Channel

bp = Blueprint("neighbour", __name__, url_prefix="/kader")

FORMS: dict[str, type[Carried]] = {"/kader/tetangga": NeighbourForm, "/kader/temu": NeighbourVisitForm}
_TEMPLATES = {"/kader/tetangga": "kader/neighbour.html", "/kader/temu": "kader/visit.html"}
_KINDS = {"/kader/tetangga": Kind.REPORT, "/kader/temu": Kind.VISIT}
_guard = logins.guard(StaffRole.KADER)


@bp.before_request
def _only_who_may_help() -> Response | None:
    """The page a phone keeps is made for nobody, so nobody asks for it; whoever else does must be a kader."""
    if request.environ.get(shell.FOR_NOBODY):
        return None
    if request.endpoint == "neighbour.receive" and session.token and session.account is None:
        abort(401)  # a letter that waited is no reader to be led to a page
    return _guard() or _learned()


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
        _file(form, _form_id())
    else:
        keep_typed(request.path, request.form, checked=True)
    db.session.commit()
    return see(request.path)


@bp.post("/lain")
def tell_another():
    stash.forget(session.key, *FORMS)
    db.session.commit()
    return see("/kader/tetangga")


@bp.post("/kirim")
def receive() -> Response:
    """Answers with the letter's own id: the phone keeps the letter until it has seen exactly that."""
    request.max_content_length = letter.LARGEST
    body = request.get_data(cache=False)
    try:
        label, sealed = letter.read(body, request.headers.get("X-Waited", ""))
        _carry(label, sealed, filing.hash_of(body))
        db.session.commit()
    except (letter.NotALetter, KeyError, filing.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        raise UnprocessableEntity from None
    return jsonify(receipt=str(label.id))


def keep_typed(path: str, fields: MultiDict, *, checked: bool = False, **more: object) -> None:
    """Keep a half-filled form over a 303, or over a change of language; the caller commits."""
    known = {field.name for field in FORMS[path]()}
    typed = {name: values for name, values in fields.lists() if name in known}
    kept = {"id": str(_form_id()), "fields": typed, "checked": checked}
    stash.keep(session.key, path, kept | more)


def _learned() -> Response | None:
    g.kader = kaders.find(g.account)
    if g.kader is not None and g.kader.may_help:
        return None
    return abort(403) if request.endpoint == "neighbour.receive" else see("/kader")


def _carry(label: Label, sealed: bytes, body_hash: bytes) -> None:
    match label.kind:
        case Kind.REPORT:
            hers = {"channel": Channel.KADER, "filed_by": g.account.id}
            reports.receive(label, sealed, body_hash=body_hash, handover=True, **hers)
        case Kind.VISIT:
            visits.ask(label, sealed, body_hash=body_hash, handover=True)
        case _:
            raise KeyError(label.kind)
    _note(label.id, Kind(label.kind), waited=label.waited)


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
    _note(id, _KINDS[request.path])
    return stash.keep(session.key, request.path, {"number": number, "danger": told.get("danger") == "yes"})


def _note(id: UUID, kind: Kind, *, waited: int = 0) -> None:
    try:
        errands.note(id, kind, by=g.kader, waited=waited)
    except errands.Anothers:
        db.session.rollback()
        audit.record("report-refused", by=g.account, kind=kind, object_id=id)
        db.session.commit()
        raise Forbidden from None
    audit.record("carried", by=g.account, kind=kind, object_id=id)


def _form_id() -> UUID:
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return uuid4()
