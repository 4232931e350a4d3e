"""When somebody works: her own week for a counsellor, anybody's and the office's for a manajer.

The same pages stand in two rooms. In the counsellor's there is no id to change, so there is nobody else's to find.
"""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, g, request, session, url_for

from pwa import agenda, audit, clock, counsellors, db, hours, logins, stash
from pwa.accounts import StaffRole
from pwa.counsellors import Sex, Tongue
from pwa.forms.hours import WEEKDAYS, ExemptionForm, ProfileForm, WeekForm
from pwa.hours import OFFICE, Span
from pwa.htmx import page, see
from pwa.i18n import gettext as _

own = Blueprint("own_plan", __name__, url_prefix="/konselor/jadwal")
own.before_request(logins.guard(StaffRole.KONSELOR))
bp = Blueprint("plans", __name__, url_prefix="/kantor/jadwal")
bp.before_request(logins.guard(StaffRole.MANAJER))

_AHEAD = timedelta(days=400)


@own.get("")
@bp.get("/<uuid:id>")
def show(id: UUID | None = None):
    (whose, name), kept, today = _who(id), _kept(id), clock.today()
    monday = hours.at(agenda.week_of(today)[0])
    exemptions = hours.exemptions([whose], monday, monday + _AHEAD)
    return page(
        "schedule/plan.html",
        id=id,
        weekdays=WEEKDAYS,
        week=agenda.of_one(whose, today, exemptions) if id is None else None,
        form=WeekForm.as_kept(kept["week"]) if "week" in kept else _week_form(whose),
        exempting=ExemptionForm.as_kept(kept.get("exemption")),
        exemptions=[each for each in exemptions if each.end_at > clock.now()],
        name=name,
        is_office=whose == OFFICE,
        saved="tersimpan" in request.args,
    )


@own.post("")
@bp.post("/<uuid:id>")
def plan(id: UUID | None = None):
    whose, form = _whose(id), WeekForm(request.form)
    if not form.validate():
        return _keep(id, week=form.to_keep)
    hours.plan(whose, form.stretches)
    return _noted("plan-changed", id)


@own.post("/khusus")
@bp.post("/<uuid:id>/khusus")
def exempt(id: UUID | None = None):
    whose, form = _whose(id), ExemptionForm(request.form)
    if not form.validate():
        return _keep(id, exemption=form.to_keep)
    hours.exempt(whose, Span(form.kind.data), form.since, form.until)
    return _noted("plan-changed", id)


@own.post("/khusus/<uuid:exemption_id>/penghapusan")
@bp.post("/<uuid:id>/khusus/<uuid:exemption_id>/penghapusan")
def lift(exemption_id: UUID, id: UUID | None = None):
    hours.lift(_whose(id), exemption_id)
    return _noted("plan-changed", id)


@own.get("/diri")
@bp.get("/<uuid:id>/diri")
def profile(id: UUID | None = None):
    whose, kept = _whose(id), _kept(id)
    known = counsellors.profile(whose)
    form = ProfileForm(
        sex=known.sex or "", tongues=known.tongues.split(), partner=str(known.partner_id or "")
    )
    form = ProfileForm.as_kept(kept["profile"]) if "profile" in kept else form
    return page(
        "schedule/profile.html", id=id, form=form.offer(_partners(whose)), saved="tersimpan" in request.args
    )


@own.post("/diri")
@bp.post("/<uuid:id>/diri")
def describe(id: UUID | None = None):
    whose, form = _whose(id), ProfileForm(request.form)
    if not form.offer(_partners(whose)).validate():
        return _keep(id, page=".profile", profile=form.to_keep)
    counsellors.describe(
        whose, sex=Sex(form.sex.data) if form.sex.data else None, tongues=map(Tongue, form.tongues.data or ()),
        partner_id=UUID(form.partner.data) if form.partner.data else None,
    )  # fmt: skip
    return _noted("profile-changed", id, page=".profile")


def _whose(id: UUID | None) -> UUID:
    return _who(id)[0]


def _who(id: UUID | None) -> tuple[UUID, str]:
    """Her own where there is no id; else a counsellor's or the office's, and 404 for anybody else."""
    if id is None:
        return g.account.id, g.account.name
    names = {OFFICE: _("Office hours")} | {each.id: each.name for each in counsellors.people()}
    return id, names.get(id) or abort(404)


def _week_form(whose: UUID) -> WeekForm:
    return WeekForm.showing(hours.plans([whose])[whose])


def _partners(whose: UUID) -> list[tuple[str, str]]:
    return [(str(each.id), each.name) for each in counsellors.people() if each.id != whose]


def _kept(id: UUID | None) -> dict:
    return stash.fetch(session.key, f"plan/{id}") or {}


def _keep(id: UUID | None, page: str = ".show", **form: dict) -> Response:
    stash.keep(session.key, f"plan/{id}", form)
    db.session.commit()
    return see(url_for(page, id=id))


def _noted(action: str, id: UUID | None, page: str = ".show") -> Response:
    audit.record(action, by=g.account, kind="account", object_id=id or g.account.id)
    stash.forget(session.key, f"plan/{id}")
    db.session.commit()
    return see(url_for(page, id=id, tersimpan=1))
