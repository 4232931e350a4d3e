"""What the pages of one report share: loading it through the reader's eyes, moving it, saying what is in the way."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, abort, g, session

from pwa import access, audit, conflicts, db, handling, htmx, reaching, spam, stash, unpacking
from pwa.answers import HandoverOnly, NoReplyKey
from pwa.forms.office import OfficeForm
from pwa.i18n import lazy_gettext as _l
from pwa.reports import Report

STAFF = ("penerima", "manajer")

_NOTHING_KEPT = {"done": None, "problem": None, "part": None, "typed": {}, "errors": {}, "suggested": None}
_IN_THE_WAY = {
    handling.WrongStage: _l("Somebody else moved this report first. See where it stands now."),
    handling.ReasonNeeded: _l("Say why in a few words."),
    handling.ManajerOnly: _l("Only a manager may do this."),
    handling.TriesNeeded: _l("Three tries in the safe hours come first."),
    reaching.NotNow: _l("Not noted: nobody may call at this moment."),
    reaching.NumberEnded: _l("This number was ended. Nobody could read an answer."),
    spam.InDanger: _l("Danger now was said. Such a report is never spam."),
    spam.SamePerson: _l("The second word must be another person's."),
    HandoverOnly: _l("Staff made this number. Until it is changed it only says: please get in touch."),
    NoReplyKey: _l("The number is just being changed. Try again in a minute."),
}


def report(id: UUID) -> Report:
    """404 for what is not there for this reader; who asked for one that is hidden from them is noted."""
    found = access.find(g.account, id)
    if found is None:
        if db.session.get(Report, id) is not None:
            refuse(id)
        abort(404)
    return found


def told(report: Report) -> dict[str, object]:
    """What is inside; to whoever turns out to be named in it, the report is not there from now on."""
    inside = unpacking.told_in(report)
    if conflicts.concerns(inside, g.account):
        conflicts.keep(report.id, g.account.id)
        refuse(report.id)
    return inside


def refuse(id: UUID) -> None:
    audit.record("report-refused", by=g.account, kind="report", object_id=id)
    db.session.commit()
    abort(404)


def step(
    report: Report, action: str, verb: Callable[[], object], form: OfficeForm | None = None, *, back: str,
    reason: str | None = None,
) -> Response:  # fmt: skip
    """One move, from its form to its commit; what is in the way is said where the reader comes back to."""
    id = report.id
    if form is not None and not form.validate():
        return keep(id, form, back=back)
    try:
        verb()
    except tuple(_IN_THE_WAY) as trouble:
        db.session.rollback()
        return keep(id, form, back=back, problem=str(_IN_THE_WAY[type(trouble)]))
    audit.record(action, by=g.account, kind="report", object_id=id, reason=reason)
    stash.keep(session.key, _page(id), {"done": action})
    db.session.commit()
    return htmx.see(back)


def keep(id: UUID, form: OfficeForm | None, *, back: str, **more: object) -> Response:
    """Back to the page with everything as it was typed."""
    stash.keep(session.key, _page(id), {**(form.to_keep if form else {}), **more})
    db.session.commit()
    return htmx.see(back)


def kept(id: UUID) -> dict[str, object]:
    """What the last step had to say, once; what was typed stays until a step succeeds. The caller commits."""
    things = stash.fetch(session.key, _page(id)) or {}
    lasting = {name: thing for name, thing in things.items() if name not in ("done", "problem")}
    if lasting != things:
        stash.keep(session.key, _page(id), lasting)
    return _NOTHING_KEPT | things


def _page(id: UUID) -> str:
    return f"report/{id}"
