"""What the office says to the number of one report, and whether it was read."""

from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import answers, logins, reaching, receipts, room, unpacking
from pwa.answers import Sort
from pwa.contact import SafeContact
from pwa.forms.office import AnswerForm

bp = Blueprint("replying", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.get("/<uuid:id>/jawaban")
def show(id: UUID):
    report, told = room.enter(id)
    kept, said, [receipt], people = room.gather(
        report,
        answers.for_office(report.receipt_id),
        receipts.with_id(report.receipt_id),
        room.people(answers.said_by(report.receipt_id)),
    )
    return room.show(
        "triage/answers.html",
        report,
        told,
        "opened",
        fragment="answers",
        kept=kept,
        form=AnswerForm().restore(kept),
        answers=said,
        receipt=receipt,
        people=room.names(people),
    )


@bp.post("/<uuid:id>/jawaban")
def answer(id: UUID):
    report, form = room.report(id), AnswerForm(request.form)

    def put_down() -> None:
        contact = SafeContact.of(unpacking.told_in(report))
        reaching.answer(report, contact, form.text.data or "", sort=Sort(form.sort.data), by=g.account)

    return room.step(report, "answered", put_down, form, back=url_for(".show", id=id))
