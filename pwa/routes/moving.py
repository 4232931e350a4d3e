"""Another time for a visit that was agreed: proposed by one side, settled by the other."""

from uuid import UUID

from flask import abort, g, request

from pwa import moves, room, visitroom
from pwa.forms.visits import MoveForm
from pwa.visits import Visit

office, counsellor = visitroom.pair("moving")


@office.post("/<uuid:id>/usul")
@counsellor.post("/<uuid:id>/usul")
def propose(id: UUID):
    visit, form = visitroom.load(id), MoveForm(request.form)

    def ask() -> None:
        moves.propose(visit, form.slot, reason=form.reason.data, by=g.account)

    return room.step(visit, "move-proposed", ask, form, back=visitroom.page_of(id, "usul"))


@office.post("/<uuid:id>/usul/<uuid:move>/persetujuan")
@counsellor.post("/<uuid:id>/usul/<uuid:move>/persetujuan")
def accept(id: UUID, move: UUID):
    visit = visitroom.load(id)
    row = _move(move, visit)
    return room.step(
        visit,
        "move-accepted",
        lambda: moves.accept(row, visit, by=g.account),
        back=visitroom.page_of(id, "usul"),
    )


@office.post("/<uuid:id>/usul/<uuid:move>/penolakan")
@counsellor.post("/<uuid:id>/usul/<uuid:move>/penolakan")
def refuse(id: UUID, move: UUID):
    visit = visitroom.load(id)
    row = _move(move, visit)
    return room.step(
        visit,
        "move-refused",
        lambda: moves.refuse(row, visit, by=g.account),
        back=visitroom.page_of(id, "usul"),
    )


@office.post("/<uuid:id>/usul/<uuid:move>/penarikan")
@counsellor.post("/<uuid:id>/usul/<uuid:move>/penarikan")
def withdraw(id: UUID, move: UUID):
    visit = visitroom.load(id)
    row = _move(move, visit)
    return room.step(
        visit,
        "move-withdrawn",
        lambda: moves.withdraw(row, visit, by=g.account),
        back=visitroom.page_of(id, "usul"),
    )


def _move(id: UUID, visit: Visit) -> moves.Move:
    row = moves.find(id, visit)
    if row is None:
        abort(404)
    return row
