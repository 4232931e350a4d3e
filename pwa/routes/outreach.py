"""Sapa: whom to contact again, when, and how it went; with nothing to dial outside her safe hours."""

from datetime import datetime, time
from uuid import UUID

from flask import Blueprint, abort, g, request, url_for

from pwa import access, clock, db, logins, outreach, reaching, room, unpacking, values, words
from pwa.contact import SafeContact
from pwa.forms import told as reading
from pwa.forms.outreach import EndForm, OutreachTryForm, PlanForm
from pwa.htmx import page
from pwa.outreach import Agreement, Outreach, OutreachTry
from pwa.reports import Report

bp = Blueprint("outreach", __name__, url_prefix="/kantor")
bp.before_request(logins.guard(*room.STAFF))

DONE = "selesai"


@bp.get("/sapaan")
def index():
    done, after = request.args.get("saring") == DONE, request.args.get("sesudah")
    return page(
        "outreach/index.html",
        listed=outreach.page(access.outreach_for(g.account), done=done, after=after),
        done=done,
        first=not after,
        words=words,
    )


@bp.post("/laporan/<uuid:id>/sapaan")
def plan(id: UUID):
    report, form = room.report(id), PlanForm(request.form)

    def put_down() -> None:
        agreed_on = datetime.combine(form.agreed_on.data, time(), clock.JAKARTA)
        outreach.plan(
            report, reaching.way(report, unpacking.told_in(report), form.whom), form.whom,
            agreement=Agreement(form.agreement.data), agreed_on=agreed_on, purpose=form.purpose.data or "",
            day=form.day.data, by=g.account,
        )  # fmt: skip

    return room.step(report, "outreach-planned", put_down, form, back=url_for("closing.show", id=id))


@bp.get("/sapaan/<uuid:id>")
def show(id: UUID):
    planned, report, told = _enter(id)
    tried_by = outreach.tries_of(planned).with_only_columns(OutreachTry.by_id)
    kept, tries, people = room.gather(
        planned, outreach.tries_of(planned), room.people(tried_by, planned.by_id)
    )
    ways, now = _ways(planned, report, told), clock.now()
    open_now = [way for _, way in ways if way.refusal(now) is None]
    answer = room.show(
        "outreach/show.html",
        report,
        told,
        "contact-shown" if open_now else "contact-refused",
        seen=planned,
        kept=kept,
        planned=planned,
        ways=ways,
        open_now=open_now,
        now=now,
        names={planned.who: reading.as_text(told.get(f"{planned.who}name") or "")},
        watched=bool(ways) and told.get("opens_phone") == "yes",
        tries=tries,
        people=room.names(people),
        form=OutreachTryForm().restore(kept),
        end_form=EndForm().restore(kept),
        value=values.label,
    )
    return room.close_in_time(answer, open_now, now)


@bp.post("/sapaan/<uuid:id>/upaya")
def note_try(id: UUID):
    planned, report, told = _enter(id)
    form = OutreachTryForm(request.form)

    def note() -> None:
        outreach.tried(
            planned, report, reaching.way(report, told, planned.who), reached=form.reached.data == "yes",
            note=form.note.data or "", day=form.day.data, ending=form.ending.data or "", by=g.account,
        )  # fmt: skip

    return room.step(planned, "tried", note, form, back=url_for(".show", id=id))


@bp.post("/sapaan/<uuid:id>/akhir")
def end(id: UUID):
    planned, _, _ = _enter(id)
    form = EndForm(request.form)
    return room.step(
        planned,
        "outreach-ended",
        lambda: outreach.end(planned, reason=form.reason.data),
        form,
        back=url_for(".show", id=id),
    )


def _enter(id: UUID) -> tuple[Outreach, Report, dict[str, object]]:
    """404 for what is not there for this reader; who asked for what is hidden from them is noted."""
    found = access.find_outreach(g.account, id)
    if found is None:
        if hidden := db.session.get(Outreach, id):
            room.refuse(hidden.report_id)
        abort(404)
    planned, report = found
    return planned, report, room.told(report)


def _ways(planned: Outreach, report: Report, told: dict[str, object]) -> list[tuple[str, SafeContact]]:
    """Nobody is called for a contact that has ended."""
    running = planned.stage in outreach.RUNNING
    return [(planned.who, reaching.way(report, told, planned.who))] if running else []
