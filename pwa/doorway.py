"""The doorway of the office: who has proved who they are comes in here, who tries too often waits, who tries
other people's doors is noted."""

from datetime import timedelta
from math import ceil

from flask import Flask, Response, current_app, request, session
from werkzeug.exceptions import NotFound

from pwa import (
    audit,
    clock,
    cookies,
    db,
    devices,
    failures,
    knocks,
    limits,
    logins,
    security,
    shell,
    stash,
    visitor,
)
from pwa.accounts import Account, StaffRole
from pwa.devices import Device
from pwa.htmx import see
from pwa.i18n import ngettext

_HOME = {StaffRole.KONSELOR: "/konselor", StaffRole.KADER: "/kader", StaffRole.ADMIN: "/kelola/pengguna"}
_ROOMS = ("/akun", "/kader", "/kantor", "/kelola", "/konselor")


def admit(account: Account) -> Response:
    """Begin her session and show her the first page. Commits."""
    session.put_away()  # where several people share a phone, one who comes does not throw out the one before
    device = devices.here(cookies.device(), account)
    if device:
        device.welcome()
    token = logins.start(account, device and device.id)
    audit.record("signed-in", by=account, kind="account", object_id=account.id)
    db.session.commit()
    return cookies.hand_out(see(home_of(account)), token)


def open_again(device: Device, account: Account, path: str) -> Response:
    """Let her go on where she was. Commits. Raises `devices.SignedOut`."""
    token = devices.unlock(device, account, session.login)
    audit.record("unlocked", by=account, kind="device", object_id=device.id)
    db.session.commit()
    response = see(path if path.startswith(_ROOMS) else home_of(account))
    return cookies.hand_out(response, token) if token else response


def home_of(account: Account) -> str:
    return _HOME.get(account.role, "/kantor/laporan")


def listen(app: Flask) -> None:
    app.before_request(_lock_behind_the_mark)
    app.register_error_handler(NotFound, _not_there)


def network() -> bytes:
    return limits.network(request.remote_addr, current_app.config["NETWORK_SECRET"], clock.today())


def minutes(wait: timedelta) -> int:
    return ceil(wait / timedelta(minutes=1))


def too_many(waiting: int) -> str:
    """Also for a number that came with the address and may be anything."""
    num = max(1, min(waiting, 60))
    return ngettext("Too many tries. Wait %(num)d minute.", "Too many tries. Wait %(num)d minutes.", num) % {
        "num": num
    }


def lock_behind() -> None:
    """For whoever leaves by the exit: her pages are locked, what she typed is forgotten. The caller commits."""
    stash.forget(session.key, *shell.OFFICE_PATHS)
    session.put_away()


def _lock_behind_the_mark() -> None:
    """The exit's own cookie is enough: its beacon may never have arrived."""
    if visitor.has_left() and session.login:
        lock_behind()
        db.session.commit()


def _not_there(error: NotFound) -> Response:
    """The answer is that of no door at all, whoever knocks."""
    db.session.rollback()
    if (
        request.url_rule
        and security.is_of_the_office()
        and session.holder
        and not isinstance(error, knocks.Noted)
    ):
        knocks.note(request.path, by=session.holder)
        db.session.commit()
    return failures.refused(error)
