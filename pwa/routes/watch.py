"""Those who watch over somebody on her way: the manajer over everybody, a buddy over hers."""

from uuid import UUID

from flask import Blueprint, abort, current_app, g, request, session, url_for

from pwa import accounts, audit, checkpoints, clock, db, logins, safety, stash, trips, words
from pwa.accounts import StaffRole
from pwa.forms.trips import ClearForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _
from pwa.safety import Times
from pwa.trips import Trip

bp = Blueprint("watch", __name__, url_prefix="/kantor/perjalanan")
bp.before_request(logins.guard(StaffRole.MANAJER, StaffRole.KONSELOR))


@bp.get("")
def index():
    return page(
        "trips/watch.html", trips=trips.under_way(g.account), names=_names(), words=words, now=clock.now()
    )


@bp.get("/<uuid:id>")
def show(id: UUID):
    trip = _trip(id)
    return page(
        "trips/watch_one.html",
        trip=trip,
        names=_names(),
        signs=checkpoints.signs_of(trip),
        form=ClearForm.as_kept(stash.fetch(session.key, f"watch/{id}")),
        is_manajer=g.account.role == StaffRole.MANAJER,
        words=words,
        now=clock.now(),
    )


@bp.post("/<uuid:id>/aman")
def clear(id: UUID):
    trip, form = _trip(id), ClearForm(request.form)
    if not (form.validate() and _cleared(trip, form)):
        stash.keep(session.key, f"watch/{id}", form.to_keep)
        db.session.commit()
        return see(url_for(".show", id=id))
    audit.record("alarm-cleared", by=g.account, kind="visit", object_id=id)
    stash.forget(session.key, f"watch/{id}")
    db.session.commit()
    return see(url_for(".show", id=id))


@bp.post("/<uuid:id>/dihubungi")
def reached_again(id: UUID):
    trips.reached_again(_trip(id))
    audit.record("reached-again", by=g.account, kind="visit", object_id=id)
    db.session.commit()
    return see(url_for(".index"))


def _trip(id: UUID) -> Trip:
    return trips.watched_by(g.account, id) or abort(404)


def _names() -> dict[UUID, str]:
    return {account.id: account.name for account in accounts.everybody()}


def _cleared(trip: Trip, form: ClearForm) -> bool:
    try:
        times = Times.of(current_app.config["SETTINGS"])
        safety.clear(trip, reason=form.reason.data, by=g.account, times=times)
    except safety.ManajerOnly:
        form.reason.errors = [_("Only a manager may do this.")]
    return not form.errors
