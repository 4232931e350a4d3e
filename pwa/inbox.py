"""The list of reports: who must be looked at first, from nothing but labels and derived columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, Uuid, case, false, func, literal, select, true, tuple_, union_all

from pwa import access, clock, clocks, db
from pwa.accounts import Account
from pwa.attachments import Attachment
from pwa.clocks import Clock
from pwa.filing import Kind
from pwa.reports import OPEN, Addition, Report, State

PAGE = 50
CANDIDATES = 20


class Tab(StrEnum):
    NEW = "baru"
    WAITING = "menunggu"
    OPEN = "terbuka"
    ENDED = "ditutup"
    SPAM = "spam"


_STATES = {
    Tab.NEW: (State.RECEIVED, State.REOPENED),
    Tab.WAITING: (State.WAITING,),
    Tab.OPEN: OPEN,
    Tab.ENDED: (State.CLOSED, State.MERGED, State.HANDED_OVER),
    Tab.SPAM: (State.SPAM,),
}


_NEWEST_FIRST = (Tab.ENDED, Tab.SPAM)


@dataclass(frozen=True)
class Row:
    """One line of the list; nothing in it was told inside an envelope."""

    report: Report
    soonest: Clock | None
    news: int

    @property
    def lowered(self) -> bool:
        level, suggested = self.report.level, self.report.suggested
        return level is not None and suggested is not None and level.rank > suggested.rank


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    after: str | None


@dataclass(frozen=True)
class Counts:
    """Of the open ones."""

    by_tab: dict[Tab, int]
    late: int
    unreadable: int


def page(account: Account, tab: Tab, after: str | None = None) -> Page:
    """In the order of urgency; what has ended, newest first. A cursor that is none of ours begins at the top."""
    found = list(db.session.scalars(_first(account, tab, after)))
    shown = found[:PAGE]
    news = _news(shown)
    rows = [Row(each, clocks.soonest(each), news.get(each.receipt_id, 0)) for each in shown]
    return Page(rows, _cursor(shown[-1], tab) if len(found) > PAGE else None)


def counts(account: Account) -> Counts:
    mine = access.reports_for(account).where(Report.state.in_(OPEN)).subquery()
    late, unreadable = (
        func.count().filter(each) for each in (mine.c.due_at < clock.now(), mine.c.unreadable)
    )
    query = select(mine.c.state, func.count(), late, unreadable).group_by(mine.c.state)
    rows = db.session.execute(query).all()
    by_state = {row[0]: row[1] for row in rows}
    tabs = (Tab.NEW, Tab.WAITING, Tab.OPEN)
    return Counts(
        by_tab={tab: sum(by_state.get(state, 0) for state in _STATES[tab]) for tab in tabs},
        late=sum(row[2] for row in rows),
        unreadable=sum(row[3] for row in rows),
    )


def candidates(account: Account, report: Report) -> Select[tuple[Report]]:
    """Open reports this one may be the same as: of the same kecamatan first, then the newest."""
    same_place = Report.kecamatan == report.kecamatan if report.kecamatan else false()
    query = access.reports_for(account).where(Report.state.in_(OPEN), Report.id != report.id)
    order = (case((same_place, 0), else_=1), Report.received_at.desc())
    return query.order_by(*order).limit(CANDIDATES)


def _news(reports: Sequence[Report]) -> dict[UUID, int]:
    """How many messages and files nobody has seen yet, by receipt."""
    ids = {each.receipt_id for each in reports}
    words = select(Addition.receipt_id).where(
        Addition.receipt_id.in_(ids), Addition.kind == Kind.ADDITION, Addition.read_at.is_(None)
    )
    files = select(Attachment.receipt_id).where(Attachment.receipt_id.in_(ids), Attachment.read_at.is_(None))
    unseen = union_all(words, files).subquery()
    return dict(db.session.execute(select(unseen.c[0], func.count()).group_by(unseen.c[0])).all())


def _first(account: Account, tab: Tab, after: str | None) -> Select:
    """The first of each state, found by the index that stands in their order, and of all these the first."""
    mine, place = access.reports_for(account), _place(after)
    if tab in _NEWEST_FIRST:
        order = (Report.received_at.desc(), Report.id.desc())
        further = tuple_(Report.received_at, Report.id) < tuple_(*place[1:]) if place else true()
    else:
        order = (Report.rank, Report.due_at, Report.id)
        further = tuple_(*order) > tuple_(*place) if place else true()
    first = mine.where(further).with_only_columns(Report.id).order_by(*order).limit(PAGE + 1)
    parts = [first.where(Report.state == state).subquery() for state in _STATES[tab]]
    ids = union_all(*(select(part.c.id) for part in parts))
    return select(Report).where(Report.id.in_(ids)).order_by(*order).limit(PAGE + 1)


def _cursor(report: Report, tab: Tab) -> str:
    moment = report.received_at if tab in _NEWEST_FIRST else report.due_at
    return f"{report.rank}.{moment.timestamp():.6f}.{report.id.hex}"


def _place(after: str | None) -> list | None:
    try:
        rank, seconds, fraction, id = (after or "").split(".")
        moment = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction))
        return [literal(int(rank[:4])), literal(moment, db.UtcDateTime), literal(UUID(id), Uuid)]
    except (ValueError, OverflowError, OSError):
        return None
