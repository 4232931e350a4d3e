"""What every page of the office says in red: somebody is ringing, or nobody delivers."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from pwa import clock, db, deliver
from pwa.ladder import Ring, Step
from pwa.pulse import DELIVERER, Pulse


@dataclass(frozen=True)
class Alarms:
    ringing: int
    unheard: bool
    nobody_delivers: bool


def now() -> Alarms:
    """In one question, because every open page asks it again and again."""
    at_the_top = func.count().filter(Ring.step == Step.HEAD)
    beat = select(Pulse.at).where(Pulse.name == DELIVERER).scalar_subquery()
    row = select(func.count(), at_the_top, beat).where(Ring.taken_at.is_(None))
    ringing, unheard, at = db.session.execute(row).one()
    silent = clock.now() - at if at else timedelta.max
    return Alarms(ringing, unheard > 0, silent > deliver.SILENT_AFTER)
