"""Her own phones, where she has said yes to being told that there is news behind her number, and when they are told.

A line says only "come and look". It is promised together with the news, for an hour that is safe and not at night; a
number without such a phone costs not even a row. Phones are forgotten when she says so and when her case is over.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import aliased

from pwa import clock, db, push, reports, subscriptions, visits
from pwa.push import Alert, Subject
from pwa.pushkeys import Outside
from pwa.quiet import Hours
from pwa.receipts import Receipt
from pwa.reports import Report
from pwa.subscriptions import Subscription
from pwa.visits import Visit
from pwa.webpush import Device, Service

PAGE = "/kabar"
_MARKS_SHOWN = 8  # bytes: enough for a phone to know itself among five, and of no use to anybody else


@dataclass(frozen=True)
class Listeners:
    """`goes_on` while there may still be news; `marks` of the phones that are told of it, in short."""

    goes_on: bool
    marks: list[str]


def of(receipt: Receipt | None) -> Listeners:
    """In one question to the database, and only of what the public part may read.

    A number nobody has looks like one that waits for its first news.
    """
    if receipt is None:
        return Listeners(goes_on=True, marks=[])
    query = select(_goes_on(Receipt.id), Subscription.mark).select_from(Receipt)
    query = query.outerjoin(Subscription, Subscription.receipt_id == Receipt.id)
    rows = db.session.execute(query.where(Receipt.id == receipt.id)).all()
    marks = [mark[:_MARKS_SHOWN].hex() for _, mark in rows if mark]
    return Listeners(any(goes_on for goes_on, _ in rows), marks)


def add(device: Device, receipt: Receipt, *, service: Service, keys: Outside) -> None:
    """Nothing where no more news can come. The caller commits."""
    if of(receipt).goes_on:
        subscriptions.keep_for_receipt(device, receipt.id, service=service, keys=keys)


def tell(receipt_id: UUID, subject: Subject, *, urgent: bool = False) -> None:
    """There is news behind this number. The caller commits."""
    if not db.session.scalar(select(exists().where(Subscription.receipt_id == receipt_id))):
        return
    hours = _hours(receipt_id)
    if at := hours and hours.next(clock.now()):
        push.promise(subject, receipt_id=receipt_id, path=PAGE, at=at, until=hours.end(at), urgent=urgent)


def forget_ended() -> None:
    """Where nothing more can come and the last word has left. The caller commits."""
    on_its_way = exists().where(
        Alert.receipt_id == Subscription.receipt_id,
        Alert.state != push.State.CANCELLED,
        Alert.until > clock.now(),
    )
    ended = and_(Subscription.receipt_id.is_not(None), ~_goes_on(Subscription.receipt_id), ~on_its_way)
    db.session.execute(delete(Subscription).where(ended), execution_options={"synchronize_session": False})


def _goes_on(receipt_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Something told or asked for under this number is open, or was joined to something that is.

    Names no column that the public part may not read.
    """
    joined = aliased(Report)
    into = exists(joined.id).where(joined.id == Report.merged_into_id, joined.state.in_(reports.OPEN))
    told = exists(Report.id).where(Report.receipt_id == receipt_id, or_(Report.state.in_(reports.OPEN), into))
    asked = exists(Visit.id).where(Visit.receipt_id == receipt_id, Visit.state.in_(visits.OPEN))
    return or_(told, asked)


def _hours(receipt_id: UUID) -> Hours | None:
    """As she said last; `None` while nobody has looked whether what she said long ago still holds."""
    letters = [
        letter
        for model in (Report, Visit)
        for letter in db.session.scalars(select(model).where(model.receipt_id == receipt_id))
    ]
    if any(letter.hours_may_have_changed for letter in letters):
        return None
    named = [letter for letter in letters if letter.safe_days or letter.safe_hours]
    last = max(named, key=lambda letter: letter.received_at, default=None)
    return Hours.of(last.safe_days or 0, last.safe_hours or 0) if last else Hours.of(0, 0)
