"""What the pages of one report or visit share: loading through the reader's eyes, moving, saying what is in the way."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flask import Response, abort, g, session
from sqlalchemy import Select, or_, select

from pwa import (
    access,
    appointments,
    audit,
    clock,
    conflicts,
    contact,
    db,
    diary,
    handling,
    htmx,
    knocks,
    moves,
    outcomes,
    reaching,
    spam,
    stash,
    unpacking,
    visits,
    wilayah,
    words,
)
from pwa.accounts import Account, StaffRole
from pwa.answers import HandoverOnly, NoReplyKey
from pwa.contact import Refusal, SafeContact
from pwa.forms.office import OfficeForm
from pwa.i18n import lazy_gettext as _l
from pwa.outreach import AlreadyPlanned, Ended, NeverCalled, NoSafeHours, Outreach
from pwa.reports import Report
from pwa.visits import Visit

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
    AlreadyPlanned: _l("A contact with this person is planned already."),
    Ended: _l("Somebody else ended this contact first."),
    NeverCalled: _l("This person may not be called, so nothing is planned."),
    NoSafeHours: _l("No safe hours on that day. Choose another."),
    HandoverOnly: _l("Staff made this number. Until it is changed it only says: please get in touch."),
    visits.WrongState: _l("This visit has moved on meanwhile. See where it stands now."),
    visits.TakenUp: _l("A colleague was faster. The visit is in good hands."),
    visits.ReasonNeeded: _l("Say why in a few words."),
    visits.ManajerOnly: _l("Only a manager may do this."),
    appointments.TooSoon: _l("This time has passed or is too near."),
    appointments.PartnerNeeded: _l("Nobody goes alone where the risk is high. Choose a second person."),
    appointments.Late: _l("The time to answer is over."),
    diary.Taken: _l("Somebody or something is already booked then. Choose another time."),
    moves.OwnProposal: _l("Only the other side can agree to this."),
    moves.OneAtATime: _l("Another time is already being asked about."),
    moves.ContactFirst: _l("Reach this person in the safe way today first."),
    outcomes.Decided: _l("What comes next was decided already."),
    outcomes.NotEnded: _l("First say that the visit is over."),
    outcomes.DateNeeded: _l("Choose a date."),
    moves.RecheckFirst: _l("Look at the risk again today first."),
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


def enter(id: UUID) -> tuple[Report, dict[str, object]]:
    """The report and what is inside."""
    found = report(id)
    return found, told(found)


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
    raise knocks.Noted


def step(
    thing: Report | Visit | Outreach, action: str, verb: Callable[[], object], form: OfficeForm | None = None, *,
    back: str, reason: str | None = None,
) -> Response:  # fmt: skip
    """One move, from its form to its commit; what is in the way is said where the reader comes back to."""
    id, kind = thing.id, thing.__tablename__
    if form is not None and not form.validate():
        return keep(id, form, back=back)
    try:
        verb()
    except tuple(_IN_THE_WAY) as trouble:
        db.session.rollback()
        return keep(id, form, back=back, problem=str(_IN_THE_WAY[type(trouble)]))
    audit.record(action, by=g.account, kind=kind, object_id=id, reason=reason)
    stash.keep(session.key, _page(id), {"done": action})
    db.session.commit()
    return htmx.see(back)


def keep(id: UUID, form: OfficeForm | None, *, back: str, **more: object) -> Response:
    """Back to the page with everything as it was typed."""
    stash.keep(session.key, _page(id), {**(form.to_keep if form else {}), **more})
    db.session.commit()
    return htmx.see(back)


def gather(thing: Report | Visit | Outreach, *queries: Select) -> list:
    """What the last step had to say, and what each query finds: all that a page needs, in one question."""
    page = _page(thing.id)
    stashed, *found = db.together(stash.asked_for(session.key, page), *queries)
    return [_kept(page, stash.found(session.key, page, *stashed) or {}), *found]


def show(
    template: str, report: Report, told: dict[str, object], action: str, *, seen: Outreach | None = None,
    **shown: object,
) -> Response:  # fmt: skip
    """A page of one report, noted as seen, with what stands at the top of each."""
    thing = seen or report
    audit.record(action, by=g.account, kind=thing.__tablename__, object_id=thing.id)
    db.session.commit()
    return htmx.page(
        template, report=report, bars=_bars(told), is_manajer=g.account.role == StaffRole.MANAJER, words=words,
        place=wilayah.full_name, **shown,
    )  # fmt: skip


def people(ids: Select[tuple[UUID]], *others: UUID | None) -> Select[tuple[Account]]:
    """For a page that asks for other things in the same breath; `names` says who they are."""
    return select(Account).where(or_(Account.id.in_(ids), Account.id.in_([id for id in others if id])))


def names(found: Iterable[Account]) -> dict[UUID, str]:
    return {account.id: account.name for account in found if account.is_genuine}


def close_in_time(answer: Response, shown: Sequence[SafeContact], now: datetime) -> Response:
    """A number must not stay on an open page when her hours are over."""
    if shown:
        ends = min(each.open_until(now) for each in shown)
        answer.headers["Refresh"] = str(int((ends - now).total_seconds()) + 1)
    return answer


def _kept(page: str, things: dict[str, object]) -> dict[str, object]:
    """It is said once; what was typed stays until a step succeeds."""
    lasting = {name: thing for name, thing in things.items() if name not in ("done", "problem")}
    if lasting != things:
        stash.keep(session.key, page, lasting)
    return _NOTHING_KEPT | things


def _bars(told: dict[str, object]) -> list[Refusal]:
    """What must be seen before anybody reaches for a telephone."""
    grave = (Refusal.NEVER, Refusal.UNKNOWN_TO_HER)
    return [refusal for _, each in contact.ways(told) if (refusal := each.refusal(clock.now())) in grave]


def _page(id: UUID) -> str:
    return f"step/{id}"
