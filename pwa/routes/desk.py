"""A report written at the desk, and the number that is spoken aloud to whoever stands, calls or writes there."""

from uuid import UUID, uuid4

from flask import Blueprint, current_app, g, request, session, url_for
from werkzeug.datastructures import MultiDict

from pwa import audit, db, filing, i18n, logins, receipts, room, stash
from pwa.forms.desk import DeskForm
from pwa.htmx import page, see
from pwa.reports import Channel

bp = Blueprint("desk", __name__, url_prefix="/kantor/meja")
bp.before_request(logins.guard(*room.STAFF))

_PAGE = "desk"


@bp.get("")
def show():
    kept = stash.fetch(session.key, _PAGE) or {}
    if "number" in kept:
        return page("desk/receipt.html", **kept)
    form = DeskForm(MultiDict(kept.get("fields", {})))
    if kept.get("checked"):
        form.validate()
    return page("desk/write.html", form=form, id=kept.get("id", uuid4()), changed=kept.get("changed", False))


@bp.post("")
def write():
    form = DeskForm(request.form)
    if form.validate():
        _file(form, request.form_id())
    else:
        _keep_typed(str(request.form_id()), checked=True)
    db.session.commit()
    return see(url_for(".show"))


@bp.post("/lain")
def write_another():
    stash.forget(session.key, _PAGE)
    db.session.commit()
    return see(url_for(".show"))


def _file(form: DeskForm, id: UUID) -> None:
    """The same form sent twice is one report; another text under its id begins a form of its own."""
    number = receipts.derived_number(session.key, id)
    try:
        report = current_app.config["SEALER"].tell(
            id, form.told, number, language=i18n.current().folder, body_key=session.key, channel=Channel.DESK,
            filed_by=g.account.id,
        )  # fmt: skip
    except (filing.OtherBody, receipts.NumberTaken):
        db.session.rollback()
        return _keep_typed(str(uuid4()), changed=True)
    audit.record("filed-at-desk", by=g.account, kind="report", object_id=report.id)
    return stash.keep(session.key, _PAGE, {"number": number, "danger": report.danger, "report_id": str(id)})


def _keep_typed(id: str, **more: bool) -> None:
    known = {field.name for field in DeskForm()}
    fields = {name: typed for name, typed in request.form.lists() if name in known}
    stash.keep(session.key, _PAGE, {"id": id, "fields": fields, **more})
