"""Where a counsellor's day begins."""

from flask import Blueprint, g

from pwa import logins
from pwa.accounts import StaffRole
from pwa.htmx import page

bp = Blueprint("counsellor", __name__, url_prefix="/konselor")
bp.before_request(logins.guard(StaffRole.KONSELOR))


@bp.get("")
def show():
    return page("counsellor/show.html", account=g.account)
