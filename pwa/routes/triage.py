"""The office's first room: what has come in, and what was told."""

from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import (  # fmt: skip
    access,
    attachments,
    audit,
    clock,
    clocks,
    conflicts,
    errands,
    handling,
    inbox,
    logins,
    room,
    unpacking,
    wilayah,
    words,
)
from pwa.accounts import StaffRole
from pwa.conflicts import Conflict
from pwa.forms import told as reading
from pwa.htmx import page
from pwa.inbox import Tab
from pwa.visits import Visit

bp = Blueprint("triage", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))


@bp.get("")
def index():
    tab = _tab()
    return page(
        "triage/index.html",
        fragment="rows",
        tab=tab,
        tabs=Tab,
        listed=inbox.page(g.account, tab, request.args.get("sesudah")),
        first=not request.args.get("sesudah"),
        counts=inbox.counts(g.account),
        head=audit.head() if g.account.role == StaffRole.MANAJER else None,
        place=wilayah.full_name,
        words=words,
        now=clock.now(),
    )


@bp.get("/<uuid:id>")
def show(id: UUID):
    report, told = room.enter(id)
    hidden = conflicts.of(report).with_only_columns(Conflict.account_id)
    kept, additions, brought, joined, asked, hidden_from, carried, people = room.gather(
        report,
        handling.additions_of(report),
        attachments.of(report),
        access.joined(g.account, report),
        access.visits_for(g.account).where(Visit.receipt_id == report.receipt_id),
        conflicts.of(report),
        errands.of(report),
        room.people(hidden, report.taken_by_id, report.filed_by_id),
    )
    handling.open_(report, additions)
    attachments.look_through(report, brought)
    names = room.names(people)
    return room.show(
        "triage/show.html",
        report,
        told,
        "opened",
        kept=kept,
        lines=list(reading.lines(told)),
        additions=[(each, list(reading.lines(unpacking.told_in(each)))) for each in additions],
        files=brought,
        joined=joined,
        visits=asked,
        hidden_from=[names.get(each.account_id, "–") for each in hidden_from],
        filed_by=names.get(report.filed_by_id),
        errand=next(
            (each for each in carried if each.kader_id not in {one.account_id for one in hidden_from}), None
        ),
        taken_by=names.get(report.taken_by_id, "–"),
        clocks=clocks.running(report),
    )


@bp.post("/<uuid:id>/penanganan")
def take_up(id: UUID):
    report = room.report(id)
    return room.step(
        report, "taken-up", lambda: handling.take_up(report, by=g.account), back=url_for(".show", id=id)
    )


def _tab() -> Tab:
    try:
        return Tab(request.args.get("saring", ""))
    except ValueError:
        return Tab.OPEN
