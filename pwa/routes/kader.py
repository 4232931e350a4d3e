"""Where a kader's day begins."""

from flask import Blueprint, g

from pwa import logins
from pwa.accounts import StaffRole
from pwa.htmx import page

bp = Blueprint("kader", __name__, url_prefix="/kader")
bp.before_request(logins.guard(StaffRole.KADER))


@bp.get("")
def show():
    return page("kader/show.html", account=g.account)
