"""Who may load what. Not yours is not there: every staff view of a report goes through here."""

from sqlalchemy import Select, exists, false, select

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
