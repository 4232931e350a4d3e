"""What the rooms of a helping kader share: she has learned and promised first, and who brought what is noted."""

from uuid import UUID

from flask import Response, g
from werkzeug.exceptions import Forbidden

from pwa import audit, db, errands, kaders, logins
from pwa.accounts import StaffRole
from pwa.filing import Kind


def only_kader(*, even_locked: bool = False) -> Response | None:
    """For `before_request`; `g.kader` is hers afterwards, if she has an area."""
    if (answer := logins.guard(StaffRole.KADER, even_locked=even_locked)()) is not None:
        return answer
    g.kader = kaders.find(g.account)
    return None


def may_help() -> bool:
    return g.kader is not None and g.kader.may_help


def note(id: UUID, kind: Kind, *, waited: int = 0) -> None:
    """Hers from now on; what another brought is refused, and that is noted instead."""
    try:
        errands.note(id, kind, by=g.kader, waited=waited)
    except errands.Anothers:
        db.session.rollback()
        audit.record("report-refused", by=g.account, kind=kind, object_id=id)
        db.session.commit()
        raise Forbidden from None
    audit.record("carried", by=g.account, kind=kind, object_id=id)
