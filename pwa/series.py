"""What comes after a visit: another one with a goal, or an end with a reason. Nobody is dropped without a word."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, select

from pwa import clock, db, filing
from pwa.accounts import Account
from pwa.visits import State, Visit, expect, given, move

OVER = (State.FINISHED, State.COUNSELLOR_SAFE, State.NOT_MET, State.STOPPED_UNSAFE)


class Decided(Exception):
    """What comes next was decided already."""


def go_on(visit: Visit, *, goal: str, offer_by: datetime, by: Account) -> Visit:
    """The next one, for the same counsellor; a time is offered until then. Raises `ReasonNeeded`, `Decided`."""
    _expect_undecided(visit)
    following = Visit(
        **filing.columns(visit.label, b"", b"") | {"id": uuid4()}, receipt_id=visit.receipt_id, level=visit.level,
        place=visit.place, wished_sex=visit.wished_sex, wished_tongue=visit.wished_tongue, safe_days=visit.safe_days,
        safe_hours=visit.safe_hours, counsellor_id=visit.counsellor_id, series_id=visit.series_id or visit.id,
        goal=given(goal), due_at=max(offer_by, clock.now()), unpacked_at=clock.now(),
    )  # fmt: skip
    db.session.add(following)
    _decide(visit, goal, by)
    return following


def end(visit: Visit, *, reason: str, by: Account) -> None:
    """No other one. Raises `ReasonNeeded`, `Decided`."""
    _expect_undecided(visit)
    _decide(visit, given(reason), by)


def asked_by_her(visit: Visit) -> Select[tuple[Visit]]:
    """The visit of this series that she told anything about."""
    return select(Visit).where(Visit.id == (visit.series_id or visit.id))


def _expect_undecided(visit: Visit) -> None:
    expect(visit, *OVER)
    if visit.decided_at:
        raise Decided


def _decide(visit: Visit, words: str, by: Account) -> None:
    visit.decided_at = clock.now()
    move(visit, visit.state, by=by, reason=words)
