"""The list of visits: who waits longest for the office, and what somebody still has to do today."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, func, select

from pwa import access, clock, db
from pwa.accounts import Account
from pwa.errands import Errand
from pwa.tasks import Task
from pwa.visits import BOOKED, ON_THE_ROAD, OPEN, WAITING, State, Visit

PAGE = 100


class Tab(StrEnum):
    WAITING = "menunggu"
    BOOKED = "terjadwal"
    ENDED = "selesai"


_STATES = {
    Tab.WAITING: WAITING,
    Tab.BOOKED: (*BOOKED, *ON_THE_ROAD),
    Tab.ENDED: tuple(state for state in State if state not in OPEN),
}


@dataclass(frozen=True)
class Row:
    visit: Visit
    tasks: int
    by_kader: bool

    @property
    def is_late(self) -> bool:
        return self.visit.state in WAITING and self.visit.due_at < clock.now()


def page(account: Account, tab: Tab) -> Sequence[Row]:
    """By clock; what has ended, newest first."""
    waits = select(func.count()).where(Task.visit_id == Visit.id, Task.done_at.is_(None)).scalar_subquery()
    carried = exists().where(Errand.id == Visit.id)
    order = Visit.due_at.desc() if tab is Tab.ENDED else Visit.due_at
    query = access.visits_for(account).add_columns(waits, carried).where(Visit.state.in_(_STATES[tab]))
    found = db.session.execute(query.order_by(order, Visit.id).limit(PAGE))
    return [Row(*each) for each in found]
