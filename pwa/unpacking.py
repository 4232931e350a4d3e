"""Opens each envelope once on arrival and writes down what the lists and clocks need, and nothing more."""

from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import select

from pwa import clock, conflicts, db, instrument, keyring
from pwa.answers import ReplyKey
from pwa.contact import SafeContact
from pwa.envelope import Unreadable
from pwa.reports import Addition, Kind, Report

BATCH = 50


def unpack_arrived() -> int:
    """Open what has come in; each row commits by itself, so one bad envelope holds up nobody."""
    done = 0
    for model in (Report, Addition):
        query = select(model.id).where(model.unpacked_at.is_(None)).order_by(model.received_at).limit(BATCH)
        for id in list(db.session.scalars(query)):
            row = db.session.get(model, id, with_for_update=True)
            if row.unpacked_at is None:
                _unpack(row)
            db.session.commit()
            done += 1
    return done


def _unpack(row: Report | Addition) -> None:
    row.unpacked_at = clock.now()
    try:
        told = keyring.unseal(row.label, row.envelope)
    except Unreadable:
        row.unreadable = True  # stays in the list with its label; the admin is told
        return
    _keep_reply_key(row, told)
    if isinstance(row, Report):
        derive(row, told)


def derive(report: Report, told: Mapping[str, object]) -> None:
    """The plain columns that lists sort by; what she did not say stays unknown."""
    contact = SafeContact.of(told)
    age = told.get("age")
    report.child = told.get("variant") == "child" or (age < 18 if isinstance(age, int) else None)
    report.safe_days, report.safe_hours = contact.day_mask(), contact.hour_mask()
    report.happened_on = _start_of(told.get("date"))
    facts = instrument.Facts(
        danger=report.danger, child=report.child, lives_with=_yes(told.get("lives_with")), sexual=report.about_sexual
    )
    report.suggested = instrument.suggest({"weapon": told.get("threat") or "unknown"}, facts)
    report.rank = min(report.rank, report.suggested.rank)
    conflicts.note(report, told)


def _keep_reply_key(row: Report | Addition, told: Mapping[str, object]) -> None:
    """The key of the number she holds now. A number changed twice arrives as two envelopes; the newest counts."""
    key, version = told.get("reply_key"), told.get("key_version", 1)
    if not isinstance(key, str) or len(key) != 64 or not isinstance(version, int):
        return
    held = db.session.get(ReplyKey, row.receipt_id)
    if held is None or (row.kind == Kind.NEW_NUMBER and version > held.key_version):
        db.session.merge(ReplyKey(receipt_id=row.receipt_id, key_version=version, key=key))


def _start_of(told_date: object) -> datetime | None:
    """A date without an hour counts from its start: a clock that ends too early harms nobody."""
    try:
        return datetime.combine(date.fromisoformat(str(told_date)), time(), tzinfo=clock.JAKARTA)
    except ValueError:
        return None


def _yes(answer: object) -> bool | None:
    return {"yes": True, "no": False}.get(str(answer))
