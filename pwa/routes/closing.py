"""Where a report goes next: each step is a noun of its own, and each says why when it may not be taken."""

from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import access, handling, inbox, logins, outreach, reaching, receipts, room, spam
from pwa.forms.office import CloseForm, EndNumberForm, HandOverForm, MergeForm, SpamForm, WaitForm
from pwa.forms.outreach import PlanForm
from pwa.handling import CloseReason, Transition
from pwa.reports import Report

bp = Blueprint("closing", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))

_MOVES = (WaitForm, HandOverForm, MergeForm, CloseForm, SpamForm, EndNumberForm)


@bp.get("/<uuid:id>/langkah")
def show(id: UUID):
    report, told = room.enter(id)
    kept, history, tries, candidates, [receipt], planned, people = room.gather(
        report,
        handling.moves_of(report),
        handling.tries_of(report),
        inbox.candidates(g.account, report),
        receipts.with_id(report.receipt_id),
        outreach.of(report),
        room.people(handling.moves_of(report).with_only_columns(Transition.by_id)),
    )
    return room.show(
        "triage/steps.html",
        report,
        told,
        "opened",
        kept=kept,
        moves={form.part: form().restore(kept) for form in _MOVES},
        plan=PlanForm().restore(kept),
        planned=planned,
        callable_ones=[who for who, way in reaching.ways(report, told) if way.may_be_called],
        history=history,
        tries=sum(not each.reached for each in tries),
        candidates=candidates,
        receipt=receipt,
        people=room.names(people),
    )


@bp.post("/<uuid:id>/tunggu")
def wait(id: UUID):
    report, form = room.report(id), WaitForm(request.form)
    return room.step(
        report,
        "waits",
        lambda: handling.wait_for_her(report, until=form.moment, by=g.account),
        form,
        back=_back(id),
    )


@bp.post("/<uuid:id>/limpahan")
def hand_over(id: UUID):
    report, form = room.report(id), HandOverForm(request.form)
    return room.step(
        report,
        "handed-over",
        lambda: handling.hand_over(report, reason=form.reason.data, by=g.account),
        form,
        back=_back(id),
    )


@bp.post("/<uuid:id>/gabungan")
def merge(id: UUID):
    report, form = room.report(id), MergeForm(request.form)

    def join() -> None:
        handling.merge(report, _other(form.into.data), reason=form.reason.data, by=g.account)

    return room.step(report, "merged", join, form, back=_back(id))


@bp.post("/<uuid:id>/penutupan")
def close(id: UUID):
    report, form = room.report(id), CloseForm(request.form)

    def end() -> None:
        handling.close(report, CloseReason(form.why.data), reason=form.reason.data, by=g.account)

    return room.step(report, "closed", end, form, back=_back(id))


@bp.post("/<uuid:id>/spam")
def call_spam(id: UUID):
    report, form = room.report(id), SpamForm(request.form)
    return room.step(
        report,
        "called-spam",
        lambda: spam.call(report, reason=form.reason.data, by=g.account),
        form,
        back=_back(id),
    )


@bp.post("/<uuid:id>/spam/kedua")
def confirm_spam(id: UUID):
    report = room.report(id)
    return room.step(report, "spam-confirmed", lambda: spam.confirm(report, by=g.account), back=_back(id))


@bp.post("/<uuid:id>/bukan-spam")
def not_spam(id: UUID):
    report = room.report(id)
    return room.step(report, "not-spam", lambda: spam.take_back(report, by=g.account), back=_back(id))


@bp.post("/<uuid:id>/nomor-mati")
def end_number(id: UUID):
    report, form = room.report(id), EndNumberForm(request.form)
    return room.step(
        report,
        "number-ended",
        lambda: reaching.kill_number(report, reason=form.reason.data, by=g.account),
        form,
        back=_back(id),
        reason=form.reason.data,
    )


def _other(typed: str) -> Report:
    """Another report this reader may see; one that is not there was moved or never was."""
    try:
        found = access.find(g.account, UUID(typed))
    except ValueError:
        found = None
    if found is None:
        raise handling.WrongStage
    return found


def _back(id: UUID) -> str:
    return url_for(".show", id=id)
