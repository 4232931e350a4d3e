"""Coming in, joining, and one's own page: the doors of everybody who works here."""

import segno
from flask import Blueprint, Response, g, jsonify, request, session, url_for
from flask_wtf.csrf import generate_csrf

from pwa import accounts, audit, cookies, db, devices, doorway, invitations, logins, security, stash
from pwa.accounts import Account, StaffRole
from pwa.forms.account import ChangePasswordForm, JoinForm, SignInForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _
from pwa.invitations import Invitation, Why

bp = Blueprint("account", __name__)

_OWN_PAGE = {"account.show", "account.change_password", "account.sign_out_everywhere"}
_guard = logins.guard(*StaffRole)


@bp.before_request
def _guard_own_page() -> Response | None:
    return _guard() if request.endpoint in _OWN_PAGE else None


@bp.get("/masuk")
def show_sign_in():
    if session.account:
        return see(doorway.home_of(session.account))
    if devices.is_lost(cookies.device()):
        return page("account/lost.html")
    form = SignInForm()
    if problem := _problem():
        form.login.errors = [problem]
    return page("account/sign_in.html", form=form, is_enrolled=cookies.device() is not None)


@bp.post("/masuk")
def sign_in():
    form = SignInForm(request.form)
    wait = logins.wait_before_try(form.login.data or "", doorway.network())
    db.session.commit()  # the try counts whatever happens next, and nobody queues behind the slow hash
    if wait:
        return see(url_for(".show_sign_in", tunggu=doorway.minutes(wait)))
    account = _prove(form) if form.validate() else None
    if account is None:
        audit.record("sign-in-failed", by=None, kind="account")
        db.session.commit()
        return see(url_for(".show_sign_in", gagal=1))
    return doorway.admit(account)


@bp.get("/sesi")
def who_is_here():
    """Asked before something that waited is sent, also while the phone is locked: nothing goes out under another name,
    and tokens are never kept."""
    if session.holder is None:
        return jsonify({})
    return jsonify(owner=session.holder.owner_mark, token=generate_csrf())


@bp.post("/keluar-akun")
def sign_out():
    security.csrf.protect()
    if session.login:
        session.login.revoke()
        audit.record("signed-out", by=session.holder, kind="account", object_id=session.holder.id)
        db.session.commit()
    return cookies.take_back(see(url_for(".show_sign_in")))


@bp.get("/undangan/<token>")
def show_invitation(token: str):
    try:
        invitation = invitations.open_invitation(token)
    except invitations.Closed as closed:
        return page("account/closed.html", status=404, why=closed.why)
    secret = invitations.totp_secret(token)
    code = segno.make(invitations.totp_uri(invitation.login, secret), micro=False)
    return page(
        "account/invitation.html",
        token=token,
        invitation=invitation,
        role=StaffRole(invitation.role).label,
        area=invitation.area,
        app=invitations.totp_uri(invitation.login, secret),
        picture=code.svg_data_uri(scale=5, border=4, light="#fff"),
        groups=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        form=JoinForm.as_kept(stash.fetch(invitations.stash_key(token), "account/invitation")),
    )


@bp.post("/undangan/<token>")
def join(token: str):
    try:
        invitation = invitations.open_invitation(token)
    except invitations.Closed:
        return see(url_for(".show_invitation", token=token))
    form = JoinForm(request.form)
    account = _accept(invitation, token, form) if form.validate() else None
    if account is None:
        stash.keep(invitations.stash_key(token), "account/invitation", form.to_keep)
        db.session.commit()
        return see(url_for(".show_invitation", token=token))
    audit.record("joined", by=account, kind="account", object_id=account.id)
    stash.forget(invitations.stash_key(token), "account/invitation")
    return doorway.admit(account)


@bp.post("/undangan/<token>/penolakan")
def refuse_invitation(token: str):
    """Whoever opened the link says that it is not theirs; a link that went astray is worth closing at once."""
    try:
        invitation = invitations.open_invitation(token)
    except invitations.Closed:
        return see(url_for(".show_invitation", token=token))
    why = request.form.get("why")
    if why in (Why.NOT_ME, Why.WRONG_AREA):
        invitation.refuse(Why(why))
        audit.record("invitation-refused", by=None, kind="invitation", object_id=invitation.id)
        db.session.commit()
    return see(url_for(".show_invitation", token=token))


@bp.get("/akun")
def show():
    return page(
        "account/show.html",
        account=g.account,
        role=StaffRole(g.account.role).label,
        here=session.login.id,
        logins=logins.live_of(g.account),
        changed="tersimpan" in request.args,
        form=ChangePasswordForm.as_kept(stash.fetch(session.key, "account/show")),
    )


@bp.post("/akun/kata-sandi")
def change_password():
    form = ChangePasswordForm(request.form)
    if not (form.validate() and _may_change(form)):
        stash.keep(session.key, "account/show", form.to_keep)
        db.session.commit()
        return see(url_for(".show"))
    g.account.change_password(form.password.data)
    token = logins.start(g.account, session.login.device_id)
    audit.record("password-changed", by=g.account, kind="account", object_id=g.account.id)
    stash.forget(session.key, "account/show")
    db.session.commit()
    return cookies.hand_out(see(url_for(".show", tersimpan=1)), token)


@bp.post("/akun/keluar-semua")
def sign_out_everywhere():
    g.account.sign_out_everywhere()
    audit.record("signed-out-everywhere", by=g.account, kind="account", object_id=g.account.id)
    db.session.commit()
    return cookies.take_back(see(url_for(".show_sign_in")))


def _prove(form: SignInForm) -> Account | None:
    """Only the newest code may write, so the slow password check holds nobody up."""
    with db.reading():
        account = accounts.with_password(form.login.data, form.password.data)
        db.session.commit()
    return account if account and account.spend_code(form.code.data) else None


def _accept(invitation: Invitation, token: str, form: JoinForm) -> Account | None:
    try:
        return invitation.accept(token, form.password.data, form.code.data)
    except invitations.WeakPassword:
        form.refuse_password()
    except invitations.WrongCode:
        form.refuse_code()
    return None


def _may_change(form: ChangePasswordForm) -> bool:
    """A stolen session must not become a way to guess the password."""
    wait = logins.wait_before_try(g.account.login, doorway.network())
    if wait:
        form.refuse_current(doorway.too_many(doorway.minutes(wait)))
    elif not g.account.has_password(form.current.data):
        form.refuse_current(_("This is not your password."))
    elif accounts.is_weak(form.password.data, g.account.login):
        form.refuse_password()
    return not form.errors


def _problem() -> str | None:
    """Said by the URL, because there is no session yet that could keep it."""
    minutes = request.args.get("tunggu", type=int)
    if minutes is not None:
        return doorway.too_many(minutes)
    if "keluar" in request.args:
        return _("Sign in again. What waits to be sent is still on this phone.")
    if "kunci" in request.args:
        return _("The passkey did not fit. Try again, or type all three.")
    return _("Name, password or digits do not fit. Check all three.") if "gagal" in request.args else None
