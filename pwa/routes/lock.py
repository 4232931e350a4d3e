"""The ways in that need no password: the lock of an enrolled device, and passkeys. And the end of a lost phone."""

from flask import Blueprint, current_app, request, session, url_for

from pwa import accounts, audit, cookies, db, devices, doorway, logins, passkeys, security
from pwa.accounts import Account
from pwa.devices import Device
from pwa.forms.device import UnlockForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _
from pwa.i18n import ngettext
from pwa.passkeys import Site

bp = Blueprint("lock", __name__)


@bp.get("/kunci")
def show():
    people = devices.shared_by(cookies.device())
    if not people:
        return see(url_for("account.show_sign_in"))
    chosen, others = _chosen(people)
    form = UnlockForm(ke=request.args.get("ke", ""))
    if problem := _problem():
        form.pin.errors = [problem]
    asleep = chosen and logins.newest_of(chosen[1], chosen[0].id)
    return page("lock/show.html", chosen=chosen, others=others, asleep=asleep is not None, form=form)


@bp.post("/kunci")
def unlock():
    form = UnlockForm(request.form)
    device, account = _of_this_browser(form.device.data)
    if device is None:
        return see(url_for("account.show_sign_in", keluar=1))
    if not form.validate():
        return see(url_for(".show", siapa=device.id, ke=form.ke.data or None, enam=1))
    wait = logins.wait_of_network(doorway.network())
    db.session.commit()
    if wait:
        return see(url_for(".show", siapa=device.id, tunggu=doorway.minutes(wait)))
    try:
        device.check_pin(form.pin.data)
        return doorway.open_again(device, account, form.ke.data or "")
    except devices.WrongPin as wrong:
        _noted("unlock-failed", device)
        return see(url_for(".show", siapa=device.id, ke=form.ke.data or None, sisa=wrong.left))
    except devices.SignedOut:
        _noted("unlock-failed", device)
        return cookies.take_back(see(url_for("account.show_sign_in", keluar=1)))


@bp.post("/kunci/pasang")
def lock():
    security.csrf.protect()
    if session.login:
        session.login.lock()
        db.session.commit()
    return see(url_for(".show"))


@bp.post("/masuk/kunci-sandi")
def sign_in_with_passkey():
    wait = logins.wait_of_network(doorway.network())
    db.session.commit()
    if wait:
        return see(url_for("account.show_sign_in", tunggu=doorway.minutes(wait)))
    account = _proven(request.form.get("answer", ""))
    db.session.commit()  # the challenge is spent, whatever happens next
    if account is None:
        return see(url_for("account.show_sign_in", kunci=1))
    return _open_or_admit(account)


@bp.post("/kunci/hapus")
def wipe():
    """What a lost phone is told to do; only one that was called lost is listened to."""
    token = cookies.device()
    response = see(url_for("account.show_sign_in"))
    if not devices.is_lost(token):
        return response
    devices.note_wiped(token)
    audit.record("device-wiped", by=None, kind="device")
    db.session.commit()
    cookies.forget_device(cookies.take_back(response))
    fetched = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    # On a page that a worker answers, "storage" would hang the tab: only the script asks for it.
    response.headers["Clear-Site-Data"] = '"cookies", "storage"' if fetched else '"cookies"'
    return response


def _chosen(people: list[tuple[Device, Account]]) -> tuple:
    """Who is meant: named in the address, or whose session sleeps here, or the only one there is."""
    named, holder = request.args.get("siapa"), session.holder
    for device, account in people:
        if named == str(device.id) or (not named and (len(people) == 1 or holder == account)):
            return (device, account), [each for each in people if each[0] is not device]
    return None, people


def _of_this_browser(id: str | None) -> tuple[Device, Account] | tuple[None, None]:
    people = devices.shared_by(cookies.device())
    return next(((device, account) for device, account in people if str(device.id) == id), (None, None))


def _proven(answer: str) -> Account | None:
    try:
        return passkeys.prove(answer, "sign-in", at=Site(current_app.config["SETTINGS"].office_url))
    except passkeys.Cloned:
        audit.record("passkey-cloned", by=None, kind="account")
    except passkeys.Refused:
        audit.record("sign-in-failed", by=None, kind="account")
    return None


def _open_or_admit(account: Account):
    device = devices.here(cookies.device(), account)
    asleep = device and logins.newest_of(account, device.id)
    if not asleep:
        return doorway.admit(account)
    asleep.prove()
    device.welcome()
    return doorway.open_again(device, account, request.form.get("ke", ""))


def _noted(action: str, device: Device) -> None:
    audit.record(action, by=accounts.find(device.account_id), kind="device", object_id=device.id)
    db.session.commit()


def _problem() -> str | None:
    """Said by the URL: whoever stands at a lock has no page that could keep it."""
    if (minutes := request.args.get("tunggu", type=int)) is not None:
        return doorway.too_many(minutes)
    if "enam" in request.args:
        return _("Six digits.")
    if (left := request.args.get("sisa", type=int)) is None:
        return None
    num = max(1, min(left, devices.TRIES))
    said = ngettext("PIN does not match. %(num)d try left.", "PIN does not match. %(num)d tries left.", num)
    return said % {"num": num}
