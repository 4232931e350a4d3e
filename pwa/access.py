"""Who may load what. Not yours is not there: every staff view of a report goes through here."""

from uuid import UUID

from sqlalchemy import Select, exists, false, select

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


def find(account: Account, id: UUID) -> Report | None:
    """Held until the commit, so that two people who move it come one after the other."""
    query = reports_for(account).where(Report.id == id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).first()
