"""Being on call: a shift of one's own, and the device that wakes its owner."""

from flask import Blueprint, current_app, g, request, session

from pwa import addresses, audit, clock, db, endpoints, logins, oncall, push, stash, subscriptions
from pwa.forms.oncall import DeviceForm, StartForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _
from pwa.push import Subject

bp = Blueprint("oncall", __name__, url_prefix="/piket")
bp.before_request(logins.guard(*oncall.MAY_STAND))

_PAGE = "oncall"


@bp.get("")
def show():
    kept = stash.fetch(session.key, _PAGE) or {}
    return page(
        "oncall/show.html", shift=oncall.current(g.account), form=StartForm(), problem=kept.get("problem"),
        fragment="device", called_here=subscriptions.is_kept_for(session.login.id), reached=oncall.reached(session.login.id),
        now=clock.now(),
    )  # fmt: skip


@bp.get("/panduan")
def guide():
    return page("oncall/guide.html")


@bp.post("/mulai")
def start():
    form = StartForm(request.form)
    if not form.validate():
        return _back(_("Choose an answer from the list."))
    try:
        shift = oncall.start(g.account, form.span)
    except oncall.Twice:
        return _back(_("You are on call then already."))
    audit.record("shift-started", by=g.account, kind="shift", object_id=shift.id)
    return _back()


@bp.post("/selesai")
def end():
    oncall.end(g.account)
    audit.record("shift-ended", by=g.account, kind="account", object_id=g.account.id)
    return _back()


@bp.post("/hp")
def keep_device():
    """Also sent by the page itself at every visit, so it says nothing when nothing is wrong."""
    try:
        device = addresses.parse(DeviceForm(request.form).subscription.data)
        subscriptions.keep_for_login(
            device, session.login, service=_service(), keys=current_app.config["PUSH_KEYS"]
        )
    except (addresses.Incomplete, endpoints.Unacceptable):
        return _back(_("This browser's push service is not known here. Use Chrome or Firefox."))
    return _back()


@bp.post("/hp/mati")
def forget_device():
    subscriptions.forget_login(session.login.id)
    return _back()


@bp.post("/uji")
def test():
    push.promise(
        Subject.TEST, to=g.account.id, path="/piket", urgent=True, until=clock.now() + oncall.TEST_LASTS
    )
    return _back()


def _back(problem: str | None = None):
    stash.keep(session.key, _PAGE, {"problem": problem})
    db.session.commit()
    return see("/piket")


def _service():
    return current_app.config["PUSH_SERVICE"]
