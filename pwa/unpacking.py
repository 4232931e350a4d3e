"""Opens each envelope once on arrival and writes down what the lists and clocks need, and nothing more.

Strangers choose what is inside: whatever does not look like our form is unknown, never a reason to stop.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import select

from pwa import clock, conflicts, contact, db, errands, instrument, keyring, push, visits, wishes
from pwa.answers import ReplyKey
from pwa.contact import SafeContact
from pwa.envelope import Unreadable
from pwa.filing import Filed, Kind
from pwa.reports import Addition, Report
from pwa.visits import Visit

BATCH = 50
_HIGHEST_VERSION = 10_000
_KEY = re.compile(r"[0-9a-f]{64}")


def unpack_arrived() -> int:
    """Open what has come in; each row commits by itself, so one bad envelope holds up nobody."""
    done = 0
    for model in (Report, Addition, Visit):
        query = select(model.id).where(model.unpacked_at.is_(None)).order_by(model.received_at).limit(BATCH)
        for id in list(db.session.scalars(query)):
            row = db.session.get(model, id, with_for_update=True)
            if row.unpacked_at is None:
                unpack(row)
            db.session.commit()
            done += 1
    return done


def told_in(row: Filed) -> dict[str, object]:
    """What is inside, nothing for what does not open; one that just arrived is unpacked on the way."""
    if row.unpacked_at is None or row.unreadable:
        return unpack(row)
    return _open(row)


def unpack(row: Filed) -> dict[str, object]:
    row.unpacked_at = clock.now()
    told = _open(row)
    _keep_reply_key(row, told)
    if isinstance(row, Report) and not row.unreadable:
        derive(row, told)
    if isinstance(row, Visit):
        _welcome(row, told)
    return told


def _open(row: Filed) -> dict[str, object]:
    """An unreadable one stays in the list with its label; the admin is told."""
    try:
        told = keyring.unseal(row.label, row.envelope)
    except Unreadable:
        row.unreadable = True
        return {}
    row.unreadable = False
    return told


def derive(report: Report, told: Mapping[str, object]) -> None:
    """The plain columns that lists sort by; what she did not say stays unknown."""
    report.child = _is_child(told)
    report.safe_days, report.safe_hours = contact.masks(SafeContact.of(told))
    report.happened_on = start_of(told.get("date"))
    report.suggested = instrument.suggest({"weapon": told.get("threat")}, facts(report, told))
    report.rank = min(report.rank, report.suggested.rank)
    conflicts.note(report, told)
    errands.keep_apart(report, told)


def _welcome(visit: Visit, told: Mapping[str, object]) -> None:
    """Somebody is called even when it does not open; a visit is at least as grave as what was told before."""
    wishes.derive(visit, told)
    for report in db.session.scalars(select(Report).where(Report.receipt_id == visit.receipt_id)):
        if level := report.level or report.suggested:
            visits.raise_level(visit.receipt_id, level)
    conflicts.note_visit(visit, told)
    errands.keep_apart(visit, told)
    push.promise(push.Subject.VISIT_ASKED, path="/kantor/kunjungan", urgent=visit.level.is_high)


def facts(report: Report, told: Mapping[str, object]) -> instrument.Facts:
    return instrument.Facts(
        danger=report.danger, child=report.child, lives_with=_yes(told.get("lives_with")),
        sexual=report.about_sexual, since=instrument.since(report.happened_on),
    )  # fmt: skip


def start_of(day: object) -> datetime | None:
    """A date without an hour counts from its start: a clock that ends too early harms nobody."""
    try:
        begins = datetime.combine(date.fromisoformat(str(day)), time(), tzinfo=clock.JAKARTA)
    except ValueError:
        return None
    return begins if date(1900, 1, 1) <= begins.date() <= clock.today() else None


def _is_child(told: Mapping[str, object]) -> bool | None:
    age = told.get("age")
    return told.get("variant") == "child" or (age < 18 if isinstance(age, int) else None)


def _keep_reply_key(row: Report | Addition | Visit, told: Mapping[str, object]) -> None:
    """The key of the number she holds now. One changed twice arrives as two envelopes; the newest counts."""
    key, version = told.get("reply_key"), told.get("key_version", 1)
    if not (isinstance(key, str) and _KEY.fullmatch(key) and isinstance(version, int)):
        return
    if not 1 <= version <= _HIGHEST_VERSION:
        return
    held = db.session.get(ReplyKey, row.receipt_id)
    if held is None or (row.kind == Kind.NEW_NUMBER and version > held.key_version):
        db.session.merge(ReplyKey(receipt_id=row.receipt_id, key_version=version, key=key))


def _yes(answer: object) -> bool | None:
    return {"yes": True, "no": False}.get(str(answer))
