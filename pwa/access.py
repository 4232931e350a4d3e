"""Who may load what. Not yours is not there: every staff view of a report goes through here."""

from uuid import UUID

from sqlalchemy import Select, exists, false, or_, select

from pwa import db
from pwa.accounts import Account, StaffRole
from pwa.conflicts import Conflict
from pwa.reports import Report


def reports_for(account: Account) -> Select[tuple[Report]]:
    match account.role:
        case StaffRole.PENERIMA | StaffRole.MANAJER:
            conflicted = exists().where(Conflict.report_id == Report.id, Conflict.account_id == account.id)
            return select(Report).where(~conflicted)
        case _:
            return select(Report).where(false())


def joined(account: Account, report: Report) -> Select[tuple[Report]]:
    """The one it was merged into and those that were merged into it, as far as they are this reader's."""
    with_it = or_(Report.id == report.merged_into_id, Report.merged_into_id == report.id)
    return reports_for(account).where(with_it)


def find(account: Account, id: UUID) -> Report | None:
    """Held until the commit, so that two people who move it come one after the other."""
    query = reports_for(account).where(Report.id == id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).first()
