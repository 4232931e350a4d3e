"""Where a counsellor's day begins."""

from flask import Blueprint, g

from pwa import calendar, clock, logins, rounds, trips, words
from pwa.accounts import StaffRole
from pwa.htmx import page
from pwa.rounds import Tab

bp = Blueprint("counsellor", __name__, url_prefix="/konselor")
bp.before_request(logins.guard(StaffRole.KONSELOR))


@bp.get("")
def show():
    return page(
        "counsellor/show.html",
        account=g.account,
        booked=rounds.page(g.account, Tab.BOOKED),
        waiting=rounds.page(g.account, Tab.WAITING),
        trips=trips.coming(g.account),
        numbers=calendar.numbers(g.account.id),
        words=words,
        now=clock.now(),
    )
