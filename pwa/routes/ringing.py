"""What rings now: who called, and "I take it", which only one person can say."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, g, request, url_for

from pwa import access, alarms, audit, clock, db, htmx, ladder, logins, oncall, words
from pwa.htmx import page, see
from pwa.reports import Report

bp = Blueprint("ringing", __name__, url_prefix=ladder.PATH)
bp.before_request(logins.guard(*oncall.MAY_STAND))

_STAYS = timedelta(hours=12)


@bp.get("")
def show():
    if htmx.wants_fragment():
        return page("oncall/ringing.html", fragment="sign", alarms=alarms.now())
    found = ladder.open_or_taken_by(g.account.id, clock.now() - _STAYS)
    rings = [ring for ring in found if ring.taken_at is None]
    calls = ladder.calls_of(found)
    readable = access.reports_for(g.account).with_only_columns(Report.id)
    return page(
        "oncall/ringing.html", rings=rings, mine=[ring for ring in found if ring.taken_at], calls=calls,
        now=clock.now(), words=words, too_late="terlambat" in request.args,
        readable=set(db.session.scalars(readable.where(Report.id.in_([call.report_id for call in calls])))),
        others=oncall.coming() if rings else [],
    )  # fmt: skip


@bp.post("/<uuid:id>/penanganan")
def take(id: UUID):
    ladder.find(id) or abort(404)
    if not ladder.take(id, by=g.account.id):
        return see(url_for(".show", terlambat=1))
    audit.record("ring-taken", by=g.account, kind="ring", object_id=id)
    db.session.commit()
    return see(url_for(".show"))
