"""How grave a report is: eight questions suggest a level, and a person sets it."""

import json
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import clock, handling, instrument, logins, room, unpacking
from pwa.forms.office import WeighForm
from pwa.handling import Triage
from pwa.htmx import go
from pwa.levels import Level
from pwa.reports import Report

bp = Blueprint("weighing", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.get("/<uuid:id>/triase")
def show(id: UUID):
    report, told = room.enter(id)
    last = handling.last_triage(report)
    kept, weighed, people = room.gather(report, last, room.people(last.with_only_columns(Triage.by_id)))
    weighed = next(iter(weighed), None)
    return room.show(
        "triage/weigh.html",
        report,
        told,
        "opened",
        fragment="questions",
        kept=kept,
        form=_form(report, weighed).restore(kept),
        weighed=weighed,
        people=room.names(people),
    )


@bp.post("/<uuid:id>/triase")
def weigh(id: UUID):
    report, form = room.report(id), WeighForm(request.form)
    here, report_page = url_for(".show", id=id), url_for("triage.show", id=id)
    if not form.validate():
        return room.keep(id, form, back=here)
    suggested = _suggest(report, form)
    level = Level(form.level.data) if form.level.data else None
    if level and level.rank > suggested.rank and not form.reason.data:
        form.refuse_reason()
    if level is None or form.errors:
        return room.keep(id, form, back=here, suggested=suggested)
    done = room.step(report, "weighed", lambda: _weigh(report, form, suggested, level), back=report_page)
    return go(done.location)


def _weigh(report: Report, form: WeighForm, suggested: Level, level: Level) -> None:
    report.about_sexual = {"yes": True, "no": False}.get(form.about_sexual.data)
    report.happened_on = unpacking.start_of(form.date.data)
    handling.weigh(
        report, form.answers, suggested=suggested, level=level, reason=form.reason.data or "", by=g.account
    )


def _suggest(report: Report, form: WeighForm) -> Level:
    facts = replace(
        unpacking.facts(report, unpacking.told_in(report)),
        sexual={"yes": True, "no": False}.get(form.about_sexual.data),
        since=instrument.since(unpacking.start_of(form.date.data)),
    )
    return instrument.suggest(form.answers, facts)


def _form(report: Report, last: Triage | None) -> WeighForm:
    day = report.happened_on and report.happened_on.astimezone(clock.JAKARTA).date()
    return WeighForm(date=day, **(json.loads(last.answers) if last else {}))
