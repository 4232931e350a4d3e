"""What is not a report at all: hidden by one person, gone only when a second agrees and a month has passed.

Somebody in danger is never spam, and one new message brings a report back.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select, update

from pwa import audit, clock, db
from pwa.accounts import Account
from pwa.answers import Answer, ReplyKey
from pwa.attachments import Attachment
from pwa.conflicts import Conflict
from pwa.handling import Transition, Triage, Try, expect, given, move
from pwa.outreach import Outreach, OutreachTry
from pwa.pieces import Upload
from pwa.receipts import Receipt
from pwa.reports import Addition, Report, State

KEPT_FOR = timedelta(days=30)
BATCH = 100


class InDanger(Exception):
    """Somebody said there was danger now; that is weighed, never thrown away."""


class SamePerson(Exception):
    """The second word must be another person's."""


def call(report: Report, *, reason: str, by: Account) -> None:
    """Hide it. Raises `InDanger`, `handling.ReasonNeeded`, `handling.WrongStage`."""
    expect(report, State.RECEIVED, State.REOPENED, State.TRIAGED)
    if report.danger or _danger_was_added(report):
        raise InDanger
    report.spam_by_id, report.spam_at = by.id, clock.now()
    move(report, State.SPAM, by=by, reason=given(reason))


def confirm(report: Report, *, by: Account) -> None:
    """Raises `SamePerson`."""
    expect(report, State.SPAM)
    if by.id == report.spam_by_id:
        raise SamePerson
    report.spam_confirmed_by_id = by.id


def take_back(report: Report, *, by: Account) -> None:
    expect(report, State.SPAM)
    report.spam_by_id = report.spam_confirmed_by_id = report.spam_at = None
    move(report, State.REOPENED, by=by)
    report.due_at = clock.now()


def purge() -> int:
    """Delete what two people called spam a month ago, with everything that hangs on it; the caller commits."""
    count = 0
    while ids := _due():
        for id in ids:
            _delete(id)
        count += len(ids)
    if count:
        audit.record("purged", by=None, kind="report", object_id=f"{count} spam")
    return count


def _due() -> Sequence[UUID]:
    query = select(Report.id).where(
        Report.state == State.SPAM, Report.spam_confirmed_by_id.is_not(None),
        Report.spam_at < clock.now() - KEPT_FOR,
    )  # fmt: skip
    return db.session.scalars(query.limit(BATCH).with_for_update()).all()


def _delete(id: UUID) -> None:
    receipt_id = db.session.scalar(select(Report.receipt_id).where(Report.id == id))
    planned = select(Outreach.id).where(Outreach.report_id == id)
    db.session.execute(delete(OutreachTry).where(OutreachTry.outreach_id.in_(planned)))
    for model in (Transition, Triage, Try, Outreach, Conflict):
        db.session.execute(delete(model).where(model.report_id == id))
    db.session.execute(update(Report).where(Report.merged_into_id == id).values(merged_into_id=None))
    db.session.execute(delete(Report).where(Report.id == id))
    if not db.session.scalar(select(exists().where(Report.receipt_id == receipt_id))):
        for model in (Answer, ReplyKey, Addition, Attachment, Upload):
            db.session.execute(delete(model).where(model.receipt_id == receipt_id))
        db.session.execute(delete(Receipt).where(Receipt.id == receipt_id))


def _danger_was_added(report: Report) -> bool:
    added = exists().where(Addition.receipt_id == report.receipt_id, Addition.danger)
    return bool(db.session.scalar(select(added)))
