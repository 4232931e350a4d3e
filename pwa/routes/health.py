"""For the operator: whether alerts leave, arrive, and how long they wait. No address, no person, no report."""

from flask import Blueprint

from pwa import circuits, delivery_health, logins, oncall, pulse
from pwa.accounts import StaffRole
from pwa.htmx import page

bp = Blueprint("health", __name__, url_prefix="/kelola/kesehatan")
bp.before_request(logins.guard(StaffRole.ADMIN))


@bp.get("")
def show():
    ages = pulse.ages()
    return page(
        "admin/health.html", pulse=ages.get(pulse.DELIVERER), services=delivery_health.by_service(),
        waiting=delivery_health.oldest_waiting(), circuits=circuits.now_open(),
        covered=oncall.covers(ages.get(pulse.COVERED)),
    )  # fmt: skip
