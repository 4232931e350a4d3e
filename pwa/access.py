"""Who may load what. Not yours is not there: every staff view of a report or a visit goes through here."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from pwa import db
from pwa.accounts import Account, StaffRole
from pwa.conflicts import Conflict, VisitConflict
from pwa.counsellors import Profile
from pwa.outreach import Outreach
from pwa.reports import Report
from pwa.visits import WAITING, Visit


def reports_for(account: Account) -> Select[tuple[Report]]:
    match account.role:
        case StaffRole.PENERIMA | StaffRole.MANAJER:
            conflicted = exists().where(Conflict.report_id == Report.id, Conflict.account_id == account.id)
            return select(Report).where(~conflicted)
        case _:
            return select(Report).where(false())


def outreach_for(account: Account) -> Select[tuple[Outreach, Report]]:
    return (
        reports_for(account)
        .join(Outreach, Outreach.report_id == Report.id)
        .with_only_columns(Outreach, Report)
    )


def find_outreach(account: Account, id: UUID) -> tuple[Outreach, Report] | None:
    """Both held until the commit."""
    query = outreach_for(account).where(Outreach.id == id).with_for_update(of=(Outreach, Report))
    found = db.session.execute(query.execution_options(populate_existing=True)).first()
    return found and (found[0], found[1])


def joined(account: Account, report: Report) -> Select[tuple[Report]]:
    """The one it was merged into and those that were merged into it, as far as they are this reader's."""
    with_it = or_(Report.id == report.merged_into_id, Report.merged_into_id == report.id)
    return reports_for(account).where(with_it)


def visits_for(account: Account) -> Select[tuple[Visit]]:
    match account.role:
        case StaffRole.PENERIMA | StaffRole.MANAJER:
            return select(Visit).where(*_not_hidden_from(account))
        case StaffRole.KONSELOR:
            own = or_(Visit.counsellor_id == account.id, Visit.partner_id == account.id)
            return select(Visit).where(*_not_hidden_from(account), or_(own, _wished_like(account)))
        case _:
            return select(Visit).where(false())


def find(account: Account, id: UUID) -> Report | None:
    """Held until the commit, so that two people who move it come one after the other."""
    return _held(reports_for(account).where(Report.id == id), Report)


def find_visit(account: Account, id: UUID) -> Visit | None:
    return _held(visits_for(account).where(Visit.id == id), Visit)


def _not_hidden_from(account: Account) -> Sequence[ColumnElement[bool]]:
    """Whoever is named in the request itself, or in what was told under the same number."""
    in_report = exists().where(
        Conflict.report_id == Report.id,
        Report.receipt_id == Visit.receipt_id,
        Conflict.account_id == account.id,
    )
    in_visit = exists().where(VisitConflict.visit_id == Visit.id, VisitConflict.account_id == account.id)
    return ~in_report, ~in_visit


def _wished_like(account: Account) -> ColumnElement[bool]:
    """What nobody has taken yet, where she wished for somebody like this counsellor or for nobody in particular."""
    hers = exists().where(
        Profile.account_id == account.id,
        or_(Visit.wished_sex.is_(None), Visit.wished_sex == Profile.sex),
        or_(Visit.wished_tongue.is_(None), Profile.tongues.contains(Visit.wished_tongue)),
    )
    anybodys = and_(Visit.wished_sex.is_(None), Visit.wished_tongue.is_(None))
    return and_(Visit.counsellor_id.is_(None), Visit.state.in_(WAITING), or_(anybodys, hers))


def _held(query: Select, model: type):
    query = query.with_for_update(of=model).execution_options(populate_existing=True)
    return db.session.scalars(query).first()
