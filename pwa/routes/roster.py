"""The roster: who is on call when, written by the manajer."""

from uuid import UUID

from flask import Blueprint, abort, g, request, session

from pwa import audit, db, logins, oncall, stash
from pwa.accounts import StaffRole
from pwa.forms.oncall import LINES, ShiftForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _

bp = Blueprint("roster", __name__, url_prefix="/kantor/piket")
bp.before_request(logins.guard(StaffRole.MANAJER))

_PAGE = "roster"


@bp.get("")
def show():
    kept = stash.fetch(session.key, _PAGE) or {}
    return page(
        "oncall/roster.html", shifts=oncall.coming(), lines=LINES, problem=kept.get("problem"),
        form=ShiftForm.as_kept(kept.get("form")), covered=oncall.is_covered(),
    )  # fmt: skip


@bp.post("")
def add():
    form = ShiftForm(request.form)
    if not form.validate():
        return _back(form=form.to_keep)
    try:
        shift = oncall.put(**form.given, by=g.account.id)
    except oncall.BadSpan:
        return _back(
            form=form.to_keep, problem=_("A shift lasts a day at most and starts within two months.")
        )
    except oncall.Twice:
        return _back(form=form.to_keep, problem=_("This person is on call then already."))
    audit.record("shift-planned", by=g.account, kind="shift", object_id=shift.id)
    return _back()


@bp.post("/<uuid:id>/penghapusan")
def remove(id: UUID):
    shift = oncall.find(id) or abort(404)
    oncall.remove(shift)
    audit.record("shift-removed", by=g.account, kind="shift", object_id=id)
    return _back()


def _back(**kept: object):
    stash.keep(session.key, _PAGE, kept)
    db.session.commit()
    return see("/kantor/piket")
