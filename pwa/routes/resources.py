"""Vehicles and rooms: a manajer adds, renames and retires them."""

from uuid import UUID

from flask import Blueprint, Response, abort, g, request, session, url_for

from pwa import audit, db, logins, resources, stash
from pwa.accounts import StaffRole
from pwa.forms.resources import AddForm, RenameForm
from pwa.htmx import page, see
from pwa.resources import Kind, Resource

bp = Blueprint("resources", __name__, url_prefix="/kantor/sarana")
bp.before_request(logins.guard(StaffRole.MANAJER))

_PAGE = "resources"


@bp.get("")
def index():
    kept = stash.fetch(session.key, _PAGE) or {}
    return page(
        "schedule/resources.html",
        form=AddForm.as_kept(kept.get("new")),
        renaming=[
            (each, RenameForm.as_kept(kept.get(str(each.id), {"typed": {"name": each.name}, "errors": {}})))
            for each in resources.everything()
        ],
        saved="tersimpan" in request.args,
    )


@bp.post("")
def add():
    form = AddForm(request.form)
    if not form.validate():
        return _keep("new", form)
    return _noted("resource-added", resources.add(Kind(form.kind.data), form.name.data))


@bp.post("/<uuid:id>")
def rename(id: UUID):
    resource, form = _resource(id), RenameForm(request.form)
    if not form.validate():
        return _keep(str(id), form)
    resource.rename(form.name.data)
    return _noted("resource-renamed", resource)


@bp.post("/<uuid:id>/pensiun")
def retire(id: UUID):
    resource = _resource(id)
    resource.retire()
    return _noted("resource-retired", resource)


@bp.post("/<uuid:id>/pengaktifan")
def bring_back(id: UUID):
    resource = _resource(id)
    resource.bring_back()
    return _noted("resource-brought-back", resource)


def _resource(id: UUID) -> Resource:
    return db.session.get(Resource, id) or abort(404)


def _keep(part: str, form: RenameForm) -> Response:
    stash.keep(session.key, _PAGE, {part: form.to_keep})
    db.session.commit()
    return see(url_for(".index"))


def _noted(action: str, resource: Resource) -> Response:
    db.session.flush()
    audit.record(action, by=g.account, kind="resource", object_id=resource.id)
    stash.forget(session.key, _PAGE)
    db.session.commit()
    return see(url_for(".index", tersimpan=1))
