"""The week of everybody: for all who plan or go, with times only; a counsellor finds the way to her own visits."""

from flask import Blueprint, g, request

from pwa import agenda, clock, logins
from pwa.accounts import StaffRole
from pwa.forms.hours import day_in
from pwa.hours import OFFICE
from pwa.htmx import page

bp = Blueprint("agenda", __name__, url_prefix="/kantor/jadwal")
bp.before_request(logins.guard(StaffRole.PENERIMA, StaffRole.MANAJER, StaffRole.KONSELOR))


@bp.get("")
def show():
    week = agenda.of_everybody(day_in(request.args.get("minggu")) or clock.today())
    return page(
        "schedule/agenda.html",
        week=week,
        today=clock.today(),
        office=OFFICE,
        is_manajer=g.account.role == StaffRole.MANAJER,
    )
