"""Visits that follow one another: the next has the same people and a goal of its own."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, select

from pwa import clock, db, filing
from pwa.visits import Visit


def go_on(visit: Visit, *, goal: str, offer_by: datetime) -> Visit:
    """The next one, for the same counsellor; a time is offered until then."""
    following = Visit(
        **filing.columns(visit.label, b"", b"") | {"id": uuid4()}, receipt_id=visit.receipt_id, level=visit.level,
        place=visit.place, wished_sex=visit.wished_sex, wished_tongue=visit.wished_tongue, safe_days=visit.safe_days,
        safe_hours=visit.safe_hours, counsellor_id=visit.counsellor_id, series_id=visit.series_id or visit.id,
        goal=goal, due_at=max(offer_by, clock.now()), unpacked_at=clock.now(),
    )  # fmt: skip
    db.session.add(following)
    return following


def asked_by_her(visit: Visit) -> Select[tuple[Visit]]:
    """The visit of this series that she told anything about."""
    return select(Visit).where(Visit.id == (visit.series_id or visit.id))
