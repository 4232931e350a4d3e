"""A kader writes for a neighbour, several in a row, and gets a number to hand over."""

from uuid import UUID, uuid4

from flask import Blueprint, current_app, g, request, session, url_for
from werkzeug.datastructures import MultiDict

from pwa import audit, db, errands, filing, gate, i18n, logins, receipts, stash
from pwa.accounts import StaffRole
from pwa.errands import Consent
from pwa.forms.errand import ErrandForm
from pwa.htmx import page, see
from pwa.reports import Channel

bp = Blueprint("errands", __name__, url_prefix="/kader/bantuan")
bp.before_request(logins.guard(StaffRole.KADER))
bp.before_request(gate.first_things_first)

_PAGE = "errands"


@bp.get("")
def show():
    kept = stash.fetch(session.key, _PAGE) or {}
    if "number" in kept:
        return page("errands/receipt.html", **kept)
    form = ErrandForm(MultiDict(kept.get("fields", {})))
    if kept.get("checked"):
        form.validate()
    return page(
        "errands/write.html", form=form, id=kept.get("id", uuid4()), changed=kept.get("changed", False)
    )


@bp.post("")
def write():
    form = ErrandForm(request.form)
    if form.validate():
        _file(form, _form_id())
    else:
        _keep_typed(str(_form_id()), checked=True)
    db.session.commit()
    return see(url_for(".show"))


@bp.post("/lain")
def write_another():
    stash.forget(session.key, _PAGE)
    db.session.commit()
    return see(url_for(".show"))


def _file(form: ErrandForm, id: UUID) -> None:
    """The same form sent twice is one report; another text under its id begins a form of its own."""
    number = receipts.derived_number(session.key, id)
    try:
        report = current_app.config["SEALER"].tell(
            id, form.told(g.kader.kelurahan), number, language=i18n.current().folder, body_key=session.key,
            channel=Channel.KADER, filed_by=g.account.id,
        )  # fmt: skip
    except (filing.OtherBody, receipts.NumberTaken):
        return _keep_typed(str(uuid4()), changed=True)
    errands.note(report, g.kader, consent=Consent(form.consent.data), close=form.close.data == "yes")
    audit.record("filed-by-kader", by=g.account, kind="report", object_id=report.id)
    return stash.keep(session.key, _PAGE, {"number": number, "danger": report.danger})


def _keep_typed(id: str, **more: bool) -> None:
    known = {field.name for field in ErrandForm()}
    fields = {name: typed for name, typed in request.form.lists() if name in known}
    stash.keep(session.key, _PAGE, {"id": id, "fields": fields, **more})


def _form_id() -> UUID:
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return uuid4()
