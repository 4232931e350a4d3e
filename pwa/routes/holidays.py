"""Days on which the office is closed, whatever the week says."""

from datetime import timedelta

from flask import Blueprint, abort, g, request, session, url_for

from pwa import audit, clock, db, hours, logins, stash
from pwa.accounts import StaffRole
from pwa.forms.hours import HolidayForm, day_in
from pwa.htmx import page, see

bp = Blueprint("holidays", __name__, url_prefix="/kantor/libur")
bp.before_request(logins.guard(StaffRole.MANAJER))

_PAGE = "holidays"
_AHEAD = timedelta(days=2 * 366)


@bp.get("")
def index():
    today = clock.today()
    return page(
        "schedule/holidays.html",
        form=HolidayForm.as_kept(stash.fetch(session.key, _PAGE)),
        holidays=hours.holidays(today, today + _AHEAD),
        saved="tersimpan" in request.args,
    )


@bp.post("")
def add():
    form = HolidayForm(request.form)
    if not form.validate():
        stash.keep(session.key, _PAGE, form.to_keep)
        db.session.commit()
        return see(url_for(".index"))
    hours.keep_holiday(form.day.date, form.name.data)
    return _noted("holiday-added", form.day.data)


@bp.post("/<day>/penghapusan")
def drop(day: str):
    hours.drop_holiday(day_in(day) or abort(404))
    return _noted("holiday-dropped", day)


def _noted(action: str, day: str):
    audit.record(action, by=g.account, kind="holiday", object_id=day)
    stash.forget(session.key, _PAGE)
    db.session.commit()
    return see(url_for(".index", tersimpan=1))
