"""The office's first room: what has come in, what was told, how grave it is, and what the office answers."""

import json
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, g, request, url_for

from pwa import (  # fmt: skip
    access,
    accounts,
    answers,
    audit,
    clock,
    clocks,
    conflicts,
    db,
    handling,
    inbox,
    instrument,
    logins,
    photos,
    reaching,
    room,
    unpacking,
    wilayah,
    words,
)
from pwa.accounts import StaffRole
from pwa.answers import Sort
from pwa.contact import Refusal, SafeContact
from pwa.forms import told as reading
from pwa.forms.office import (
    AnswerForm,
    CloseForm,
    EndNumberForm,
    HandOverForm,
    MergeForm,
    SpamForm,
    WaitForm,
    WeighForm,
)
from pwa.handling import Triage
from pwa.htmx import go, page
from pwa.inbox import Tab
from pwa.levels import Level
from pwa.receipts import Receipt
from pwa.reports import Report

bp = Blueprint("triage", __name__, url_prefix="/kantor/laporan")
bp.before_request(logins.guard(*room.STAFF))

_FRAGMENTS = {"triase": "triage", "jawaban": "answers"}
_MOVES = (WaitForm, HandOverForm, MergeForm, CloseForm, SpamForm, EndNumberForm)


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
    report = room.report(id)
    told = room.told(report)
    additions = [(each, unpacking.told_in(each)) for each in handling.open_(report)]
    brought = photos.look_through(report)
    audit.record("opened", by=g.account, kind="report", object_id=id)
    kept, weighed = room.kept(id), handling.last_triage(report)
    db.session.commit()
    return page(
        "triage/show.html",
        fragment=_FRAGMENTS.get(request.htmx.target if request.htmx else None),
        report=report,
        kept=kept,
        lines=list(reading.lines(told)),
        additions=[(each, list(reading.lines(more))) for each, more in additions],
        photos=brought,
        bars=_bars(told),
        words=words,
        place=wilayah.full_name,
        weighed=weighed,
        **_forms(report, kept, weighed),
        **_around(report),
    )


@bp.post("/<uuid:id>/penanganan")
def take_up(id: UUID):
    report = room.report(id)
    return room.step(
        report, "taken-up", lambda: handling.take_up(report, by=g.account), back=url_for(".show", id=id)
    )


@bp.post("/<uuid:id>/triase")
def weigh(id: UUID):
    report, form = room.report(id), WeighForm(request.form)
    back = url_for(".show", id=id, _anchor="triase")
    if not form.validate():
        return room.keep(id, form, back=back)
    suggested = _suggest(report, form)
    level = Level(form.level.data) if form.level.data else None
    if level and level.rank > suggested.rank and not form.reason.data:
        form.refuse_reason()
    if level is None or form.errors:
        return room.keep(id, form, back=back, suggested=suggested)
    back = url_for(".show", id=id)
    return go(
        room.step(report, "weighed", lambda: _weigh(report, form, suggested, level), back=back).location
    )


@bp.post("/<uuid:id>/jawaban")
def answer(id: UUID):
    report, form = room.report(id), AnswerForm(request.form)

    def put_down() -> None:
        contact = SafeContact.of(unpacking.told_in(report))
        reaching.answer(report, contact, form.text.data or "", sort=Sort(form.sort.data), by=g.account)

    return room.step(report, "answered", put_down, form, back=url_for(".show", id=id, _anchor="jawaban"))


def _forms(report: Report, kept: dict, weighed: Triage | None) -> dict[str, object]:
    return {
        "weigh": _weigh_form(report, weighed).restore(kept),
        "answer": AnswerForm().restore(kept),
        "moves": {form.part: form().restore(kept) for form in _MOVES},
    }


def _tab() -> Tab:
    try:
        return Tab(request.args.get("saring", ""))
    except ValueError:
        return Tab.OPEN


def _weigh(report: Report, form: WeighForm, suggested: Level, level: Level) -> None:
    report.about_sexual = {"yes": True, "no": False}.get(form.about_sexual.data)
    report.happened_on = unpacking.start_of(form.date.data)
    handling.weigh(
        report, form.answers, suggested=suggested, level=level, reason=form.reason.data or "", by=g.account
    )


def _suggest(report: Report, form: WeighForm) -> Level:
    facts = replace(
        unpacking.facts(report, unpacking.told_in(report)),
        sexual={"yes": True, "no": False}.get(form.about_sexual.data),
        since=instrument.since(unpacking.start_of(form.date.data)),
    )
    return instrument.suggest(form.answers, facts)


def _weigh_form(report: Report, last: Triage | None) -> WeighForm:
    day = report.happened_on and report.happened_on.astimezone(clock.JAKARTA).date()
    return WeighForm(date=day, **(json.loads(last.answers) if last else {}))


def _bars(told: dict) -> list[Refusal]:
    """What must be seen before anybody reaches for a telephone."""
    kinds = [SafeContact.of(told)] + (
        [SafeContact.of(told, "her_")] if told.get("variant") == "proxy" else []
    )
    grave = (Refusal.NEVER, Refusal.UNKNOWN_TO_HER)
    return [refusal for each in kinds if (refusal := each.refusal(clock.now())) in grave]


def _around(report: Report) -> dict[str, object]:
    """What the office itself has said and done about it."""
    mine = access.reports_for(g.account)
    people = {account.id: account.name for account in accounts.everybody()}
    return {
        "people": people,
        "clocks": clocks.running(report),
        "receipt": db.session.get(Receipt, report.receipt_id),
        "answers": answers.for_office(report.receipt_id),
        "history": handling.moves_of(report),
        "tries": handling.count_tries(report),
        "into": report.merged_into_id and access.find(g.account, report.merged_into_id),
        "merged": db.session.scalars(mine.where(Report.merged_into_id == report.id)).all(),
        "candidates": inbox.candidates(g.account, report),
        "hidden_from": conflicts.of(report) if g.account.role == StaffRole.MANAJER else [],
        "is_manajer": g.account.role == StaffRole.MANAJER,
    }
