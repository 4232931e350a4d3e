"""One's own devices and passkeys: what opens the office without the long way in."""

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, request, session, url_for

from pwa import audit, cookies, db, devices, doorway, logins, passkeys, stash
from pwa.accounts import StaffRole
from pwa.devices import Device
from pwa.forms.device import EnrolForm, NameForm, PasskeyForm, ProofForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _
from pwa.passkeys import Passkey, Site

bp = Blueprint("devices", __name__, url_prefix="/akun/perangkat")
bp.before_request(logins.guard(*StaffRole))

_PAGE = "devices"


@bp.get("")
def show():
    kept = stash.fetch(session.key, _PAGE) or {}
    return page(
        "devices/show.html",
        account=g.account,
        devices=devices.of(g.account),
        here=session.login.device_id,
        passkeys=passkeys.of(g.account),
        is_fresh=session.login.is_fresh,
        enrol_form=EnrolForm.as_kept(kept.get("enrol")),
        passkey_form=PasskeyForm.as_kept(kept.get("passkey")),
    )


@bp.post("")
def enrol():
    form = EnrolForm(request.form)
    if not (form.validate() and _has_proved(form)):
        return _back(enrol=form.to_keep)
    device, token = devices.enrol(
        session.login, g.account, cookies.device(), name=form.name.data, pin=form.pin.data
    )
    audit.record("device-enrolled", by=g.account, kind="device", object_id=device.id)
    stash.forget(session.key, _PAGE)
    db.session.commit()
    return cookies.remember_device(see(doorway.home_of(g.account)), token)


@bp.post("/<uuid:id>/hilang")
def lose(id: UUID):
    device = _device(id)
    devices.lose(device)
    audit.record("device-lost", by=g.account, kind="device", object_id=device.id)
    return _back()


@bp.post("/<uuid:id>/lepas")
def forget(id: UUID):
    device = _device(id)
    audit.record("device-forgotten", by=g.account, kind="device", object_id=device.id)
    device.forget()
    return _back()


@bp.post("/kunci-sandi")
def enrol_passkey():
    form = PasskeyForm(request.form)
    if not (form.validate() and _has_proved(form) and _enrol_passkey(form)):
        return _back(passkey=form.to_keep)
    stash.forget(session.key, _PAGE)
    return _back()


@bp.post("/kunci-sandi/<uuid:id>/nama")
def rename_passkey(id: UUID):
    form = NameForm(request.form)
    if form.validate():
        _passkey(id).rename(form.name.data)
    return _back()


@bp.post("/kunci-sandi/<uuid:id>/hapus")
def remove_passkey(id: UUID):
    passkey = _passkey(id)
    passkey.remove()
    audit.record("passkey-removed", by=g.account, kind="passkey", object_id=passkey.id)
    return _back()


def _device(id: UUID) -> Device:
    return next((device for device in devices.of(g.account) if device.id == id), None) or abort(404)


def _passkey(id: UUID) -> Passkey:
    return passkeys.find(g.account, id) or abort(404)


def _has_proved(form: ProofForm) -> bool:
    """An unlocked phone in a stranger's hand must not become the stranger's own."""
    if session.login.is_fresh:
        return True
    wait = logins.wait_before_try(g.account.login, doorway.network())
    db.session.commit()
    if wait:
        form.refuse_current(doorway.too_many(doorway.minutes(wait)))
    elif not g.account.has_password(form.current.data or ""):
        form.refuse_current(_("This is not your password."))
    return not form.errors


def _enrol_passkey(form: PasskeyForm) -> bool:
    site = Site(current_app.config["SETTINGS"].office_url)
    try:
        passkey = passkeys.enrol(g.account, form.answer.data, name=form.name.data, at=site)
    except passkeys.Enough:
        form.refuse_answer(_("Ten passkeys are enough. Remove an old one first."))
        return False
    except passkeys.Refused:
        form.refuse_answer(_("The passkey was not made. Try again."))
        return False
    audit.record("passkey-enrolled", by=g.account, kind="passkey", object_id=passkey.id)
    return True


def _back(**kept: object) -> Response:
    if kept:
        stash.keep(session.key, _PAGE, kept)
    db.session.commit()
    return see(url_for(".show"))
