"""The office's list of its kader: who helps where, the invitation to hand over, and moving somebody elsewhere."""

from uuid import UUID

import segno
from flask import Blueprint, Response, abort, current_app, g, request, session, url_for

from pwa import accounts, audit, db, devices, invitations, kaders, logins, stash
from pwa.accounts import Account, StaffRole
from pwa.forms.kader import AreaForm, InviteKaderForm
from pwa.htmx import page, see
from pwa.kaders import Kader

bp = Blueprint("kaders", __name__, url_prefix="/kantor/kader")
bp.before_request(logins.guard(StaffRole.MANAJER, StaffRole.ADMIN))

_PAGE = "kaders"


@bp.get("")
def index():
    return page("kaders/index.html", kaders=kaders.everybody(), refused=invitations.refused())


@bp.get("/undangan")
def show_invite():
    """The link waits ten minutes in this session, so that it can be printed, and is nowhere else."""
    kept = stash.fetch(session.key, _PAGE) or {}
    link = kept.get("link")
    code = segno.make(link, micro=False) if link else None
    return page(
        "kaders/invite.html",
        form=InviteKaderForm.as_kept(kept.get("form")),
        slip=kept if link else None,
        picture=code and code.svg_data_uri(scale=5, border=4, light="#fff"),
    )


@bp.post("/undangan")
def invite():
    form = InviteKaderForm(request.form)
    if not form.validate():
        return _invite_page(form=form.to_keep)
    invitation, token = invitations.invite(
        form.login.data, name=form.name.data, role=StaffRole.KADER, by=g.account, area=form.area
    )
    audit.record("invited", by=g.account, kind="invitation", object_id=invitation.id)
    link = current_app.config["SETTINGS"].office_url + url_for("account.show_invitation", token=token)
    return _invite_page(link=link, name=invitation.name, area=str(form.area))


@bp.post("/undangan/lain")
def invite_another():
    return _invite_page()


@bp.get("/<uuid:id>")
def show(id: UUID):
    account, kader = _kader(id)
    kept = stash.fetch(session.key, f"{_PAGE}/{id}")
    form = AreaForm.as_kept(kept) if kept else AreaForm(data=kader and vars(kader.area))
    return page("kaders/show.html", person=account, kader=kader, form=form, devices=devices.of(account))


@bp.post("/<uuid:id>/wilayah")
def move(id: UUID):
    account, kader = _kader(id)
    form = AreaForm(request.form)
    if not form.validate():
        stash.keep(session.key, f"{_PAGE}/{id}", form.to_keep)
    else:
        stash.forget(session.key, f"{_PAGE}/{id}")
        if kader is None:
            kaders.settle(account, form.area)
        if kader is None or kader.move(form.area):
            audit.record("kader-moved", by=g.account, kind="account", object_id=account.id)
    db.session.commit()
    return see(url_for(".show", id=id))


def _kader(id: UUID) -> tuple[Account, Kader | None]:
    account = accounts.find(id)
    if account is None or account.role != StaffRole.KADER:
        abort(404)
    return account, kaders.find(account)


def _invite_page(**kept: object) -> Response:
    if kept:
        stash.keep(session.key, _PAGE, kept)
    else:
        stash.forget(session.key, _PAGE)
    db.session.commit()
    return see(url_for(".show_invite"))
