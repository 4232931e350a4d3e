"""Clocks that ran out: silence about a report is escalated, never filed."""

from datetime import datetime

from sqlalchemy import select

from pwa import clock, clocks, db, ladder
from pwa.clocks import Name
from pwa.ladder import Call, Cause
from pwa.reports import OPEN, Report

_CAUSES = {Name.TRIAGE: Cause.TRIAGE, Name.FIRST_CONTACT: Cause.FIRST_CONTACT}
_AT_ONCE = 500


def look() -> None:
    """Call for what has become late, and let go of what was answered by doing. The caller commits."""
    _settle()
    late = select(Report).where(Report.state.in_(OPEN), Report.due_at < clock.now()).order_by(Report.due_at)
    reports = db.session.scalars(late.limit(_AT_ONCE)).all()
    called = _called(reports)
    for report in reports:
        for cause, due_at in _missed(report):
            if (report.id, cause, due_at) not in called:
                ladder.call(report.id, cause, due_at=due_at)


def _missed(report: Report) -> list[tuple[Cause, datetime]]:
    """What "danger now" rings for already is not called for a second time."""
    return [
        (_CAUSES[each.name], each.due_at)
        for each in clocks.running(report)
        if each.late and each.name in _CAUSES and not (report.danger and report.taken_by_id is None)
    ]


def _called(reports: list[Report]) -> set[tuple[object, Cause, datetime]]:
    query = select(Call.report_id, Call.cause, Call.due_at)
    rows = db.session.execute(query.where(Call.report_id.in_([report.id for report in reports])))
    return {tuple(row) for row in rows}


def _settle() -> None:
    waiting = ladder.waiting_calls()
    query = select(Report).where(Report.id.in_([call.report_id for call in waiting]))
    reports = {report.id: report for report in db.session.scalars(query)}
    answered = [call.id for call in waiting if _is_answered(call, reports.get(call.report_id))]
    if answered:
        ladder.settle(answered)


def _is_answered(call: Call, report: Report | None) -> bool:
    if report is None or report.state not in OPEN:
        return True
    names = {each.name for each in clocks.running(report) if each.late}
    match call.cause:
        case Cause.TRIAGE:
            return Name.TRIAGE not in names
        case Cause.FIRST_CONTACT:
            return Name.FIRST_CONTACT not in names
        case Cause.DANGER:
            return False  # only a person who says "I take it" ends that one
