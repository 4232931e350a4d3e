"""Six questions about the place of a visit, asked again by a person before anybody goes there or the time is moved.

They help a person decide; none of them decides alone.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.accounts import Account
from pwa.levels import Level
from pwa.vault import Sealed
from pwa.visits import OPEN, ReasonNeeded, Visit, expect

QUESTIONS = ("returns", "weapons", "reachable", "unnoticed_risk", "two", "plain")
_GRAVE = ("returns", "weapons", "two")


class Recheck(db.Model):
    __tablename__ = "visit_recheck"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    answers: Mapped[str] = mapped_column(Sealed("visit_recheck.answers"))
    level: Mapped[Level] = mapped_column(db.words(Level))
    reason: Mapped[str | None] = mapped_column(Sealed("visit_recheck.reason"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, default=clock.now)


def suggest(answers: Mapping[str, object]) -> Level:
    """Any one of the grave ones is enough; what nobody knows never makes it milder than medium."""
    return Level.TINGGI if any(answers.get(name) == "yes" for name in _GRAVE) else Level.SEDANG


def recheck(visit: Visit, answers: Mapping[str, str], *, level: Level, reason: str, by: Account) -> None:
    """Set how grave it is. Raises `ReasonNeeded` when it is milder than before or than the answers suggest."""
    expect(visit, *OPEN)
    if level.rank > min(visit.level.rank, suggest(answers).rank) and not reason.strip():
        raise ReasonNeeded
    db.session.add(
        Recheck(
            visit_id=visit.id, answers=json.dumps(answers), level=level, reason=reason or None, by_id=by.id
        )
    )
    visit.level = level


def last(visit: Visit) -> Select[tuple[Recheck]]:
    return select(Recheck).where(Recheck.visit_id == visit.id).order_by(Recheck.at.desc()).limit(1)


def was_today(visit: Visit) -> bool:
    found = db.session.scalars(last(visit)).first()
    return found is not None and clock.day_of(found.at) == clock.today()
