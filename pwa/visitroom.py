"""What the pages of one visit share: the same rooms for the intake and, for her own visits, for the counsellor."""

from uuid import UUID

from flask import Blueprint, abort, g, url_for

from pwa import access, audit, clock, conflicts, db, knocks, logins, reaching, room, series, unpacking
from pwa.contact import Refusal
from pwa.visits import Visit

COUNSELLORS = ("konselor",)
_BEFORE_REACHING = {Refusal.OUTSIDE_WINDOW, Refusal.UNKNOWN_TO_HER, Refusal.WRITTEN_LONG_AGO}


def pair(name: str, path: str = "/kunjungan") -> tuple[Blueprint, Blueprint]:
    """One room for the intake and one for counsellors, each guarded."""
    office = Blueprint(f"office_{name}", f"pwa.routes.{name}", url_prefix=f"/kantor{path}")
    counsellor = Blueprint(f"counsellor_{name}", f"pwa.routes.{name}", url_prefix=f"/konselor{path}")
    office.before_request(logins.guard(*room.STAFF))
    counsellor.before_request(logins.guard(*COUNSELLORS))
    return office, counsellor


def load(id: UUID) -> Visit:
    """404 for what is not there for this reader; who asked for one that is hidden from them is noted."""
    found = access.find_visit(g.account, id)
    if found is None:
        if db.session.get(Visit, id) is not None:
            refuse(id)
        abort(404)
    return found


def told(visit: Visit, first: Visit) -> dict[str, object]:
    """What is inside the first of its series; to whoever turns out to be named in it, it is not there from now on."""
    inside = unpacking.told_in(first)
    if conflicts.concerns(inside, g.account):
        conflicts.keep_visit(visit.id, g.account.id)
        refuse(visit.id)
    return inside


def refuse(id: UUID) -> None:
    audit.record("visit-refused", by=g.account, kind="visit", object_id=id)
    db.session.commit()
    raise knocks.Noted


def may_read(visit: Visit) -> bool:
    """A counsellor sees that somebody asks; what was told opens to the one who takes it."""
    return g.account.role in room.STAFF or g.account.id in (visit.counsellor_id, visit.partner_id)


def expect_may_be_reached(visit: Visit) -> None:
    """Outside her safe hours nobody was to call her. Raises `reaching.NotNow`."""
    (first,) = db.session.scalars(series.asked_by_her(visit))
    refusals = {each.refusal(clock.now()) for _, each in reaching.ways(first, unpacking.told_in(first))}
    if forbidden := refusals & _BEFORE_REACHING:
        raise reaching.NotNow(forbidden.pop())


def page_of(id: UUID, anchor: str | None = None) -> str:
    """Where this reader sees it."""
    whose = "office" if g.account.role in room.STAFF else "counsellor"
    return url_for(f"{whose}_visits.show", id=id, _anchor=anchor)
