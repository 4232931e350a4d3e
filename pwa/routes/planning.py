"""What the office does with a visit: offer a time or another help, call it off, look at the risk, write how it ended."""

from uuid import UUID

from flask import g, request

from pwa import appointments, counsellors, outcomes, rechecks, replies, resources, room, visitroom
from pwa.forms.ending import EndForm, NotesForm
from pwa.forms.visits import CancelForm, ContactForm, DeclineForm, OfferForm, RecheckForm
from pwa.levels import Level
from pwa.tasks import Outcome

office, counsellor = visitroom.pair("planning")


@office.post("/<uuid:id>/tawaran")
@counsellor.post("/<uuid:id>/tawaran")
def offer(id: UUID):
    visit = visitroom.load(id)
    form = OfferForm(request.form).offering(counsellors.active(), resources.active(), wish=visit)

    def put() -> None:
        appointments.offer(visit, form.slot, form.crew, by=g.account)

    return room.step(visit, "appointment-offered", put, form, back=visitroom.page_of(id, "tawaran"))


@office.post("/<uuid:id>/penolakan")
def decline(id: UUID):
    visit, form = visitroom.load(id), DeclineForm(request.form)

    def refuse() -> None:
        appointments.decline(visit, reason=form.reason.data, instead=form.instead.data, by=g.account)

    return room.step(visit, "appointment-declined", refuse, form, back=visitroom.page_of(id, "penolakan"))


@office.post("/<uuid:id>/pembatalan")
@counsellor.post("/<uuid:id>/pembatalan")
def cancel(id: UUID):
    visit, form = visitroom.load(id), CancelForm(request.form)

    def call_off() -> None:
        appointments.cancel(visit, reason=form.reason.data, say=form.instead.data, by=g.account)

    return room.step(visit, "appointment-cancelled", call_off, form, back=visitroom.page_of(id, "pembatalan"))


@office.post("/<uuid:id>/tinjauan")
@counsellor.post("/<uuid:id>/tinjauan")
def look_again(id: UUID):
    visit, form = visitroom.load(id), RecheckForm(request.form)

    def set_level() -> None:
        level, reason = Level(form.level.data), form.reason.data or ""
        rechecks.recheck(visit, form.answers, level=level, reason=reason, by=g.account)

    return room.step(visit, "risk-looked-at", set_level, form, back=visitroom.page_of(id, "tinjauan"))


@office.post("/<uuid:id>/kontak")
@counsellor.post("/<uuid:id>/kontak")
def note_contact(id: UUID):
    visit, form = visitroom.load(id), ContactForm(request.form)

    def note() -> None:
        visitroom.expect_may_be_reached(visit)
        replies.reached(visit, Outcome(form.outcome.data), note=form.note.data or "", by=g.account)

    return room.step(visit, "contact-noted", note, form, back=visitroom.page_of(id, "kontak"))


@office.post("/<uuid:id>/lanjutan")
@counsellor.post("/<uuid:id>/lanjutan")
def close(id: UUID):
    visit, form = visitroom.load(id), EndForm(request.form)

    def write() -> None:
        outcomes.close(visit, form.ending, by=g.account)

    return room.step(visit, "outcome-written", write, form, back=visitroom.page_of(id, "lanjutan"))


@office.post("/<uuid:id>/catatan")
@counsellor.post("/<uuid:id>/catatan")
def correct(id: UUID):
    visit, form = visitroom.load(id), NotesForm(request.form)

    def put_right() -> None:
        outcomes.correct(visit, agreed=form.agreed.data or "", notes=form.notes.data or "")

    return room.step(visit, "outcome-corrected", put_right, form, back=visitroom.page_of(id, "lanjutan"))
