"""A counsellor's way to a visit and home again, on her phone. Her own trips only; nothing here tells of an alarm."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, current_app, g, request, session, url_for

from pwa import (
    audit,
    calendar,
    checkpoints,
    clock,
    db,
    duress,
    logins,
    outings,
    series,
    stash,
    trips,
    visitroom,
    wilayah,
    words,
)
from pwa.accounts import StaffRole
from pwa.checkpoints import EXTENSIONS, WHEN, Kind
from pwa.forms.told import as_text
from pwa.forms.trips import SignForm, WordForm
from pwa.htmx import page, see
from pwa.safety import Times
from pwa.trips import ENDED, Trip
from pwa.visits import Visit

bp = Blueprint("trips", __name__, url_prefix="/konselor/perjalanan")
bp.before_request(logins.guard(StaffRole.KONSELOR))


@bp.get("")
def index():
    return page(
        "trips/index.html",
        trips=trips.coming(g.account),
        numbers=calendar.numbers(g.account.id),
        words=words,
        saved="tersimpan" in request.args,
        form=WordForm(),
    )


@bp.get("/<uuid:id>")
def show(id: UUID):
    trip = _trip(id)
    return page(
        "trips/show.html",
        trip=trip,
        number=calendar.numbers(g.account.id)[id],
        signs=checkpoints.signs_of(trip),
        when=WHEN,
        sign=SignForm(),
        sign_id=uuid4(),
        extensions=EXTENSIONS,
        late=trip.due_at is not None and trip.due_at < clock.now(),
        visit=db.session.get(Visit, id),
        ended=trip.state in ENDED,
        words=words,
    )


@bp.post("/<uuid:id>/tanda")
def note(id: UUID):
    """Answers alike whatever the word was."""
    trip, form = _trip(id), SignForm(request.form)
    if form.validate():
        checkpoints.note(
            trip, _id(form), Kind(form.kind.data), times=Times.of(current_app.config["SETTINGS"]),
            minutes=form.longer, word=form.word.data or "",
        )  # fmt: skip
        outings.follow(trip)
        audit.record("sign-given", by=g.account, kind="visit", object_id=id)
    db.session.commit()
    return see(url_for(".show", id=id))


@bp.get("/<uuid:id>/alamat")
def address(id: UUID):
    """On the open page only, for a few minutes, and never before she has asked for it."""
    _trip(id)
    told = None
    if stash.fetch(session.key, f"address/{id}"):
        told = _told(id)
    return page(
        "trips/address.html", id=id, told=told, place=wilayah.full_name, point=wilayah.point, as_text=as_text
    )


@bp.post("/<uuid:id>/alamat")
def open_address(id: UUID):
    _trip(id)
    audit.record("address-opened", by=g.account, kind="visit", object_id=id)
    stash.keep(session.key, f"address/{id}", {"opened": True})
    db.session.commit()
    return see(url_for(".address", id=id))


@bp.post("/kata")
def choose_word():
    form = WordForm(request.form)
    if form.validate():
        duress.choose(g.account.id, form.word.data or "")
        audit.record("word-chosen", by=g.account, kind="account", object_id=g.account.id)
    db.session.commit()
    return see(url_for(".index", tersimpan=1))


def _trip(id: UUID) -> Trip:
    return trips.of(g.account, id) or abort(404)


def _told(id: UUID) -> dict[str, object]:
    visit = visitroom.load(id)
    return visitroom.told(visit, db.session.scalars(series.asked_by_her(visit)).one())


def _id(form: SignForm) -> UUID:
    try:
        return UUID(form.id.data or "")
    except ValueError:
        return uuid4()
