"""The admin's room: who may sign in, and what was noted about whom. Never anything people told us."""

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, request, session, url_for

from pwa import accounts, audit, db, invitations, logins, noted, stash
from pwa.accounts import Account, StaffRole
from pwa.forms.admin import InviteForm, RoleForm
from pwa.htmx import page, see
from pwa.i18n import gettext as _

bp = Blueprint("admin", __name__, url_prefix="/kelola")
bp.before_request(logins.guard(StaffRole.ADMIN))

_PAGE = "admin/people"
_HIGHEST = 2**31 - 1


@bp.get("/pengguna")
def people():
    kept = _take_kept()
    everybody = accounts.everybody()
    return page(
        "admin/people.html",
        people=[(account, RoleForm(role=account.role)) for account in everybody],
        waiting=[(invited, StaffRole(invited.role).label) for invited in invitations.waiting()],
        forged=accounts.forged(),
        form=InviteForm.as_kept(kept.get("form")),
        problem=kept.get("problem"),
        link=kept.get("link"),
    )


@bp.post("/pengguna")
def invite():
    form = InviteForm(request.form)
    if not form.validate():
        return _back(form=form.to_keep)
    invitation, token = invitations.invite(
        form.login.data, name=form.name.data, role=StaffRole(form.role.data), by=g.account
    )
    audit.record("invited", by=g.account, kind="invitation", object_id=invitation.id)
    office_url = current_app.config["SETTINGS"].office_url
    return _back(link=office_url + url_for("account.show_invitation", token=token))


@bp.post("/undangan/<uuid:id>/pembatalan")
def withdraw(id: UUID):
    if not invitations.withdraw(id):
        abort(404)
    audit.record("invitation-withdrawn", by=g.account, kind="invitation", object_id=id)
    return _back()


@bp.post("/pengguna/<uuid:id>/peran")
def change_role(id: UUID):
    account, form = _account(id), RoleForm(request.form)
    if not form.validate():
        return _back(problem=_("Choose an answer from the list."))
    try:
        account.change_role(StaffRole(form.role.data), by=g.account)
    except accounts.OwnRole:
        return _back(problem=_("Another administrator must change your role."))
    except accounts.LastAdmin:
        return _back(problem=_("One active administrator must stay."))
    return _noted("role-changed", account)


@bp.post("/pengguna/<uuid:id>/penonaktifan")
def disable(id: UUID):
    account = _account(id)
    try:
        account.disable()
    except accounts.LastAdmin:
        return _back(problem=_("One active administrator must stay."))
    return _noted("disabled", account)


@bp.post("/pengguna/<uuid:id>/pengaktifan")
def enable(id: UUID):
    account = _account(id)
    account.enable()
    return _noted("enabled", account)


@bp.post("/pengguna/<uuid:id>/keluar")
def sign_out_everywhere(id: UUID):
    account = _account(id)
    account.sign_out_everywhere()
    return _noted("signed-out-everywhere", account)


@bp.get("/catatan")
def notes():
    before = request.args.get("sebelum", type=int)
    entries = audit.page(before=before and max(1, min(before, _HIGHEST)))
    return page(
        "admin/notes.html",
        noted=noted,
        entries=entries,
        people={account.id: account.login for account in accounts.everybody()},
        older=entries[-1].seq if len(entries) == audit.PAGE else None,
        head=audit.head(),
        verdict=_checked() if "periksa" in request.args else None,
    )


def _checked() -> audit.Verdict:
    """A long walk, for which nobody who wants to write should have to wait."""
    db.session.commit()
    with db.reading():
        verdict = audit.verify()
        db.session.commit()
    return verdict


def _account(id: UUID) -> Account:
    return accounts.find(id) or abort(404)


def _noted(action: str, account: Account) -> Response:
    audit.record(action, by=g.account, kind="account", object_id=account.id)
    return _back()


def _back(**kept: object) -> Response:
    if kept:
        stash.keep(session.key, _PAGE, kept)
    db.session.commit()
    return see(url_for(".people"))


def _take_kept() -> dict:
    """What the last POST had to say, once: an invitation's link must not wait here for the next reader."""
    kept = stash.fetch(session.key, _PAGE)
    if kept:
        db.session.commit()  # what was read ends here, so that SQLite lets the next line write
        stash.forget(session.key, _PAGE)
        db.session.commit()
    return kept or {}
