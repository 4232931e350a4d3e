"""Visits as the office sees them: the same pages in the intake's room and, for her own ones, in the counsellor's."""

from uuid import UUID

from flask import Blueprint, abort, g, request, url_for
from sqlalchemy import select

from pwa import (
    appointments,
    audit,
    clock,
    counsellors,
    db,
    logins,
    moves,
    rechecks,
    replies,
    resources,
    room,
    rounds,
    series,
    tasks,
    visits,
    words,
)  # fmt: skip
from pwa.accounts import Account
from pwa.counsellors import Profile
from pwa.forms import told as reading
from pwa.forms.visits import CancelForm, ContactForm, DeclineForm, MoveForm, OfferForm, RecheckForm
from pwa.htmx import page
from pwa.levels import Level
from pwa.resources import Resource
from pwa.rounds import Tab
from pwa.tasks import Outcome
from pwa.visits import Visit

office = Blueprint("office_visits", __name__, url_prefix="/kantor/kunjungan")
office.before_request(logins.guard(*room.STAFF))
counsellor = Blueprint("counsellor_visits", __name__, url_prefix="/konselor/kunjungan")
counsellor.before_request(logins.guard(*room.COUNSELLORS))


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
    visit = room.visit(id)
    kept, history, waiting, todo, looks, everybody, profiles, things, first = room.gather(
        visit, visits.steps_of(visit), moves.waiting_on(visit), tasks.of(visit), rechecks.last(visit),
        select(Account), select(Profile), select(Resource), series.asked_by_her(visit),
    )  # fmt: skip
    told = room.told_in_visit(visit, *first)
    people = [account for account in everybody if account.is_genuine]
    choices = counsellors.among(people, profiles), [each for each in things if each.is_active]
    audit.record("visit-opened", by=g.account, kind="visit", object_id=id)
    db.session.commit()
    return page(
        "visits/show.html",
        visit=visit,
        kept=kept,
        now=clock.now(),
        lines=list(reading.lines(told)) if _may_read(visit) else None,
        words=words,
        people={account.id: account.name for account in people},
        history=history,
        waiting=waiting[0] if waiting else None,
        tasks=todo,
        last_look=looks[0] if looks else None,
        **_forms(visit, kept, choices),
    )


@counsellor.post("/<uuid:id>/penanganan")
def take_up(id: UUID):
    visit = room.visit(id)
    return room.step(visit, "visit-taken-up", lambda: visits.take_up(visit, by=g.account), back=_back(id))


@office.post("/<uuid:id>/tawaran")
@counsellor.post("/<uuid:id>/tawaran")
def offer(id: UUID):
    visit = room.visit(id)
    form = OfferForm(request.form).offering(counsellors.active(), resources.active())

    def put() -> None:
        appointments.offer(visit, form.slot, form.crew, by=g.account)

    return room.step(visit, "appointment-offered", put, form, back=_back(id, "tawaran"))


@office.post("/<uuid:id>/penolakan")
def decline(id: UUID):
    visit, form = room.visit(id), DeclineForm(request.form)

    def refuse() -> None:
        appointments.decline(visit, reason=form.reason.data, instead=form.instead.data, by=g.account)

    return room.step(visit, "appointment-declined", refuse, form, back=_back(id, "penolakan"))


@office.post("/<uuid:id>/pembatalan")
@counsellor.post("/<uuid:id>/pembatalan")
def cancel(id: UUID):
    visit, form = room.visit(id), CancelForm(request.form)

    def call_off() -> None:
        appointments.cancel(visit, reason=form.reason.data, say=form.instead.data, by=g.account)

    return room.step(visit, "appointment-cancelled", call_off, form, back=_back(id, "pembatalan"))


@office.post("/<uuid:id>/usul")
@counsellor.post("/<uuid:id>/usul")
def propose(id: UUID):
    visit, form = room.visit(id), MoveForm(request.form)

    def ask() -> None:
        moves.propose(visit, form.slot, reason=form.reason.data, by=g.account)

    return room.step(visit, "move-proposed", ask, form, back=_back(id, "usul"))


@office.post("/<uuid:id>/usul/<uuid:move>/persetujuan")
@counsellor.post("/<uuid:id>/usul/<uuid:move>/persetujuan")
def accept(id: UUID, move: UUID):
    visit = room.visit(id)
    row = _move(move, visit)
    return room.step(
        visit, "move-accepted", lambda: moves.accept(row, visit, by=g.account), back=_back(id, "usul")
    )


@office.post("/<uuid:id>/usul/<uuid:move>/penolakan")
@counsellor.post("/<uuid:id>/usul/<uuid:move>/penolakan")
def refuse(id: UUID, move: UUID):
    visit = room.visit(id)
    row = _move(move, visit)
    return room.step(
        visit, "move-refused", lambda: moves.refuse(row, visit, by=g.account), back=_back(id, "usul")
    )


@office.post("/<uuid:id>/usul/<uuid:move>/penarikan")
@counsellor.post("/<uuid:id>/usul/<uuid:move>/penarikan")
def withdraw(id: UUID, move: UUID):
    visit = room.visit(id)
    row = _move(move, visit)
    return room.step(
        visit, "move-withdrawn", lambda: moves.withdraw(row, by=g.account), back=_back(id, "usul")
    )


@office.post("/<uuid:id>/tinjauan")
@counsellor.post("/<uuid:id>/tinjauan")
def look_again(id: UUID):
    visit, form = room.visit(id), RecheckForm(request.form)

    def set_level() -> None:
        level, reason = Level(form.level.data), form.reason.data or ""
        rechecks.recheck(visit, form.answers, level=level, reason=reason, by=g.account)

    return room.step(visit, "risk-looked-at", set_level, form, back=_back(id, "tinjauan"))


@office.post("/<uuid:id>/kontak")
@counsellor.post("/<uuid:id>/kontak")
def note_contact(id: UUID):
    visit, form = room.visit(id), ContactForm(request.form)

    def note() -> None:
        replies.reached(visit, Outcome(form.outcome.data), note=form.note.data or "", by=g.account)

    return room.step(visit, "contact-noted", note, form, back=_back(id, "kontak"))


def _may_read(visit: Visit) -> bool:
    """A counsellor sees that somebody asks; what was told opens to the one who takes it."""
    return g.account.role in room.STAFF or g.account.id in (visit.counsellor_id, visit.partner_id)


def _forms(visit: Visit, kept: dict, choices: tuple) -> dict[str, object]:
    level = {"level": visit.level.value}
    length = visit.start_at and str(int((visit.end_at - visit.start_at).total_seconds() // 60))
    people = {"counsellor": _text(visit.counsellor_id), "partner": _text(visit.partner_id)}
    return {
        "offer": OfferForm(**people).restore(kept).offering(*choices),
        "move_form": MoveForm(**({"length": length} if length else {})).restore(kept),
        "decline": DeclineForm().restore(kept),
        "cancel": CancelForm().restore(kept),
        "recheck": RecheckForm(**level).restore(kept),
        "contact": ContactForm().restore(kept),
    }


def _move(id: UUID, visit: Visit) -> moves.Move:
    row = moves.find(id, visit)
    if row is None:
        abort(404)
    return row


def _tab() -> Tab:
    try:
        return Tab(request.args.get("saring", ""))
    except ValueError:
        return Tab.WAITING


def _text(id: UUID | None) -> str:
    return str(id) if id else ""


def _back(id: UUID, anchor: str | None = None) -> str:
    return url_for(".show", id=id, _anchor=anchor)
