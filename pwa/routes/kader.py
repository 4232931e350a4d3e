"""Where a kader's day begins, and what comes before the first one: a lesson, a promise, a PIN."""

from flask import Blueprint, Response, g, request, session, url_for

from pwa import audit, db, errands, kaders, lesson, logins, stash
from pwa.accounts import StaffRole
from pwa.forms.kader import LessonForm
from pwa.htmx import page, see

bp = Blueprint("kader", __name__, url_prefix="/kader")
bp.before_request(logins.guard(StaffRole.KADER))

_LESSON = "kader/lesson"
_STEPS = {"kader.show_lesson", "kader.answer", "kader.show_promise", "kader.promise"}


@bp.before_request
def _first_things_first() -> Response | None:
    """Nothing of this room opens before she has learned, promised, and can lock her phone."""
    g.kader = kaders.find(g.account)
    step = _next_step()
    return see(step) if step and request.endpoint not in _STEPS else None


@bp.get("")
def show():
    brought = errands.brought_by(g.kader) if g.kader else []
    return page("kader/show.html", account=g.account, kader=g.kader, brought=brought)


@bp.get("/pelajaran")
def show_lesson():
    form = LessonForm.as_kept(stash.fetch(session.key, _LESSON))
    return page("kader/lesson.html", lesson=lesson.LESSON, form=form, kader=g.kader)


@bp.post("/pelajaran")
def answer():
    form = LessonForm(request.form)
    if lesson.wrong(form.data) or g.kader is None:
        form.explain()
        stash.keep(session.key, _LESSON, form.to_keep)
        db.session.commit()
        return see(url_for(".show_lesson"))
    g.kader.learn()
    audit.record("lesson-passed", by=g.account, kind="account", object_id=g.account.id)
    stash.forget(session.key, _LESSON)
    db.session.commit()
    return see(url_for(".show"))


@bp.get("/janji")
def show_promise():
    return page("kader/promise.html", promise=lesson.PROMISE, version=lesson.PROMISE_VERSION, kader=g.kader)


@bp.post("/janji")
def promise():
    if g.kader is not None and g.kader.is_trained:
        g.kader.promise()
        audit.record("promised", by=g.account, kind="account", object_id=g.account.id)
        db.session.commit()
    return see(url_for(".show"))


def _next_step() -> str | None:
    """Without an area she sees the start page, which says that the office must give her one."""
    if g.kader is None:
        return None
    if not g.kader.is_trained:
        return url_for("kader.show_lesson")
    if not g.kader.has_promised:
        return url_for("kader.show_promise")
    return None if session.login.device_id else url_for("devices.show")
