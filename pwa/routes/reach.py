"""The page that guards her safe hours: while they run it shows how to reach her, otherwise nothing to dial."""

from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import audit, clock, db, logins, reaching, room, unpacking, values, words
from pwa.contact import HOURS, SafeContact
from pwa.forms import told as reading
from pwa.forms.office import TryForm
from pwa.htmx import page

bp = Blueprint("reach", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.get("/<uuid:id>/kontak")
def show(id: UUID):
    report = room.report(id)
    told = room.told(report)
    now, kept = clock.now(), room.kept(id)
    ways = _ways(told)
    shown = any(contact.refusal(now) is None for _, contact in ways)
    audit.record("contact-shown" if shown else "contact-refused", by=g.account, kind="report", object_id=id)
    db.session.commit()
    answer = page(
        "triage/contact.html",
        fragment="tries" if request.htmx and request.htmx.target == "upaya" else None,
        report=report,
        ways=ways,
        now=now,
        kept=kept,
        form=TryForm().restore(kept),
        tries=reaching.tries_of(report),
        names={
            "": reading.as_text(told.get("name") or ""),
            "her_": reading.as_text(told.get("her_name") or ""),
        },
        watched=told.get("opens_phone") == "yes",
        value=values.label,
        hours=HOURS,
        words=words,
    )
    if shown:  # a number must not stay on an open page when her hours are over
        ends = min(contact.open_until(now) for _, contact in ways if contact.refusal(now) is None)
        answer.headers["Refresh"] = str(int((ends - now).total_seconds()) + 1)
    return answer


@bp.post("/<uuid:id>/kontak")
def note_try(id: UUID):
    report, form = room.report(id), TryForm(request.form)

    def note() -> None:
        contact = dict(_ways(unpacking.told_in(report))).get(form.who.data)
        reaching.tried(
            report, contact, reached=form.reached.data == "yes", note=form.note.data or "", by=g.account
        )

    return room.step(report, "tried", note, form, back=url_for(".show", id=id))


def _ways(told: dict) -> list[tuple[str, SafeContact]]:
    """Who may be reached: the one who wrote and, where somebody wrote for her, she herself."""
    whose = ("", "her_") if told.get("variant") == "proxy" else ("",)
    return [(who, SafeContact.of(told, who)) for who in whose]
