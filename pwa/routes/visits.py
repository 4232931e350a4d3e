"""Visits as the office sees them: who waits for a time, what was asked for, and how she may be reached."""

from uuid import UUID

from flask import abort, g, request, url_for
from sqlalchemy import select

from pwa import (
    access,
    audit,
    clock,
    counsellors,
    db,
    errands,
    moves,
    outcomes,
    reaching,
    rechecks,
    room,
    rounds,
    series,
    tasks,
    values,
    visitroom,
    visits,
    words,
)
from pwa.accounts import Account
from pwa.counsellors import Profile
from pwa.forms import told as reading
from pwa.forms.ending import EndForm, NotesForm
from pwa.forms.visits import CancelForm, ContactForm, DeclineForm, MoveForm, OfferForm, RecheckForm
from pwa.htmx import page
from pwa.outcomes import Outcome
from pwa.reports import Report
from pwa.resources import Resource
from pwa.rounds import Tab
from pwa.visits import Visit

office, counsellor = visitroom.pair("visits")


@office.get("")
@counsellor.get("")
def index():
    tab = _tab()
    return page(
        "visits/index.html", tab=tab, tabs=Tab, rows=rounds.page(g.account, tab), words=words, now=clock.now()
    )


@office.get("/<uuid:id>")
@counsellor.get("/<uuid:id>")
def show(id: UUID):
    visit = visitroom.load(id)
    kept, history, waiting, todo, looks, everybody, profiles, things, first, reports, carried, ended = room.gather(
        visit, visits.steps_of(visit), moves.waiting_on(visit), tasks.of(visit), rechecks.last(visit),
        select(Account), select(Profile), select(Resource), series.asked_by_her(visit),
        access.reports_for(g.account).where(Report.receipt_id == visit.receipt_id), errands.of(visit),
        outcomes.of(id),
    )  # fmt: skip
    told = visitroom.told(visit, *first)
    people = [account for account in everybody if account.is_genuine]
    choices = counsellors.among(people, profiles), [each for each in things if each.is_active]
    audit.record("visit-opened", by=g.account, kind="visit", object_id=id)
    db.session.commit()
    return page(
        "visits/show.html",
        visit=visit,
        here=visitroom.page_of(id),
        kept=kept,
        now=clock.now(),
        lines=list(reading.lines(told)) if visitroom.may_read(visit) else None,
        words=words,
        people={account.id: account.name for account in people},
        history=history,
        reports=reports,
        by_kader=bool(carried),
        waiting=waiting[0] if waiting else None,
        tasks=todo,
        ending=ended[0] if ended else None,
        is_over=outcomes.is_over(visit),
        notes_form=_notes(ended, kept),
        last_look=looks[0] if looks else None,
        **_forms(visit, kept, choices),
    )


@office.get("/<uuid:id>/kontak")
@counsellor.get("/<uuid:id>/kontak")
def contacts(id: UUID):
    visit = visitroom.load(id)
    (first,) = db.session.scalars(series.asked_by_her(visit))
    told = visitroom.told(visit, first)
    if not visitroom.may_read(visit):
        abort(404)
    now, ways = clock.now(), reaching.ways(first, told)
    open_now = [each for _, each in ways if each.refusal(now) is None]
    action = "contact-shown" if open_now else "contact-refused"
    audit.record(action, by=g.account, kind="visit", object_id=id)
    db.session.commit()
    answer = page(
        "visits/contact.html", visit=visit, letter=first, recheck=url_for(".recheck_hours", id=id), ways=ways, now=now,
        words=words, value=values.label, watched=False,
        names={who: reading.as_text(told.get(f"{who}name") or "") for who in ("", "her_")},
    )  # fmt: skip
    return room.close_in_time(answer, open_now, now)


@office.post("/<uuid:id>/kontak/periksa")
@counsellor.post("/<uuid:id>/kontak/periksa")
def recheck_hours(id: UUID):
    """Somebody has looked: hours that were written long ago still hold."""
    visit = visitroom.load(id)
    if not visitroom.may_read(visit):
        abort(404)
    (first,) = db.session.scalars(series.asked_by_her(visit))
    return room.step(visit, "rechecked", first.recheck, back=url_for(".contacts", id=id))


@counsellor.post("/<uuid:id>/penanganan")
def take_up(id: UUID):
    visit = visitroom.load(id)
    return room.step(
        visit, "visit-taken-up", lambda: visits.take_up(visit, by=g.account), back=visitroom.page_of(id)
    )


def _forms(visit: Visit, kept: dict, choices: tuple) -> dict[str, object]:
    level = {"level": visit.level.value}
    length = visit.start_at and str(int((visit.end_at - visit.start_at).total_seconds() // 60))
    people = {"counsellor": _text(visit.counsellor_id), "partner": _text(visit.partner_id)}
    return {
        "offer": OfferForm(**people).restore(kept).offering(*choices, wish=visit),
        "move_form": MoveForm(**({"length": length} if length else {})).restore(kept),
        "decline": DeclineForm().restore(kept),
        "cancel": CancelForm().restore(kept),
        "recheck": RecheckForm(**level).restore(kept),
        "contact": ContactForm().restore(kept),
        "end": EndForm().restore(kept),
    }


def _notes(ended: list[Outcome], kept: dict) -> NotesForm:
    written = {"agreed": ended[0].agreed, "notes": ended[0].notes} if ended else {}
    return NotesForm(**written).restore(kept)


def _tab() -> Tab:
    try:
        return Tab(request.args.get("saring", ""))
    except ValueError:
        return Tab.WAITING


def _text(id: UUID | None) -> str:
    return str(id) if id else ""
