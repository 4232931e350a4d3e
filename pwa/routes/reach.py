"""The page that guards her safe hours: while they run it shows how to reach her, otherwise nothing to dial."""

from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import clock, handling, logins, reaching, room, unpacking, values
from pwa.forms import told as reading
from pwa.forms.office import TryForm

bp = Blueprint("reach", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.get("/<uuid:id>/kontak")
def show(id: UUID):
    report, told = room.enter(id)
    kept, tries = room.gather(report, handling.tries_of(report))
    now, ways = clock.now(), reaching.ways(report, told)
    open_now = [each for _, each in ways if each.refusal(now) is None]
    answer = room.show(
        "triage/contact.html",
        report,
        told,
        "contact-shown" if open_now else "contact-refused",
        fragment="tries",
        kept=kept,
        form=TryForm().restore(kept),
        tries=tries,
        ways=ways,
        now=now,
        names={who: reading.as_text(told.get(f"{who}name") or "") for who in ("", "her_")},
        watched=told.get("opens_phone") == "yes",
        value=values.label,
    )
    return room.close_in_time(answer, open_now, now)


@bp.post("/<uuid:id>/kontak")
def note_try(id: UUID):
    report, form = room.report(id), TryForm(request.form)

    def note() -> None:
        way = reaching.way(report, unpacking.told_in(report), form.who.data)
        reaching.tried(
            report, way, reached=form.reached.data == "yes", note=form.note.data or "", by=g.account
        )

    return room.step(report, "tried", note, form, back=url_for(".show", id=id))


@bp.post("/<uuid:id>/kontak/periksa")
def recheck(id: UUID):
    """Somebody has looked: hours that were written long ago still hold."""
    report = room.report(id)
    return room.step(report, "rechecked", report.recheck, back=url_for(".show", id=id))
