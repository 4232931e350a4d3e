"""Every enrolled device of the office, and the one button for a lost one."""

from uuid import UUID

from flask import Blueprint, abort, g, url_for

from pwa import audit, db, devices, logins
from pwa.accounts import StaffRole
from pwa.htmx import page, see

bp = Blueprint("phones", __name__, url_prefix="/kantor/perangkat")
bp.before_request(logins.guard(StaffRole.MANAJER, StaffRole.ADMIN))


@bp.get("")
def index():
    return page("phones/index.html", enrolled=devices.everywhere())


@bp.post("/<uuid:id>/hilang")
def lose(id: UUID):
    device = devices.find(id) or abort(404)
    devices.lose(device)
    audit.record("device-lost", by=g.account, kind="device", object_id=device.id)
    db.session.commit()
    return see(url_for(".index"))
