"""What she says about a visit by her number: a sealed letter, acted upon by the office's own process.

The public part only files it, so whoever takes that over can neither confirm, move nor cancel anything. A reply counts
only when it holds the key of the number, which is nowhere outside the envelope.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import appointments, clock, db, diary, filing, keyring, moves, receipts, tasks, visits
from pwa.accounts import Account
from pwa.answers import ReplyKey
from pwa.appointments import Late, Slot, TooSoon
from pwa.envelope import Label, Unreadable
from pwa.filing import Filed
from pwa.moves import OneAtATime, OwnProposal
from pwa.visits import Visit, WrongState

BATCH = 50


class Said(StrEnum):
    YES = "yes"
    OTHER = "other"
    CANCEL = "cancel"
    MOVE = "move"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Outcome(StrEnum):
    DONE = "done"
    LATE = "late"
    TAKEN = "taken"
    MOOT = "moot"
    NOTED = "noted"  # settled when she has been reached in the safe way
    DROPPED = "dropped"  # it was not she who said it


class Reply(Filed, db.Model):
    __tablename__ = "visit_reply"

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    outcome: Mapped[Outcome | None] = mapped_column(db.words(Outcome))


def say(label: Label, envelope: bytes, *, body_hash: bytes) -> None:
    """File it; the same again changes nothing. A number nobody has is answered alike: there is nothing to lose.

    Raises `filing.OtherBody`. The caller commits.
    """
    receipt = receipts.find(label.lookup)
    said = filing.columns(label, envelope, body_hash)
    if receipt and not db.insert_new(Reply, said | {"receipt_id": receipt.id}):
        filing.is_here(Reply, label.id, body_hash)


def act_on_arrived() -> int:
    """In the order they came; each commits by itself."""
    query = select(Reply.id).where(Reply.unpacked_at.is_(None)).order_by(Reply.received_at).limit(BATCH)
    ids = list(db.session.scalars(query))
    for id in ids:
        reply = db.session.get(Reply, id, with_for_update=True, populate_existing=True)
        if reply.unpacked_at is None:
            reply.unpacked_at = clock.now()
            act(reply)
        db.session.commit()
    return len(ids)


def act(reply: Reply) -> None:
    """At high risk what would give a time away waits until somebody has reached her; the slot stays hers."""
    told = _told(reply)
    visit = _visit(reply, told)
    said = _said(told)
    if visit is None or said is None:
        reply.outcome = Outcome.MOOT
        return
    if (
        visit.level.is_high
        and said in (Said.CANCEL, Said.ACCEPT, Said.OTHER)
        and visit.state in visits.BOOKED
    ):
        reply.outcome = Outcome.NOTED
    else:
        reply.outcome = _outcome(lambda: _do(said, visit, told, at=reply.received_at))
    if visit.level.is_high and reply.outcome in (Outcome.NOTED, Outcome.DONE):
        tasks.set_(tasks.Kind.SAFE_CONTACT, visit, reply_id=reply.id)


def settle(reply: Reply, *, hers: bool) -> None:
    """She has been reached: what was noted is done now, or dropped because it was not she who said it."""
    if reply.outcome is not Outcome.NOTED:
        return
    told = _told(reply)
    visit, said = _visit(reply, told), _said(told)
    if hers and visit and said:
        reply.outcome = _outcome(lambda: _do(said, visit, told, at=reply.received_at))
    else:
        reply.outcome = Outcome.DROPPED


def reached(visit: Visit, outcome: tasks.Outcome, *, note: str, by: Account) -> None:
    """Somebody has spoken with her: what was asked of the office is done, and her noted replies with it or dropped."""
    for task in tasks.open_of(visit) or [tasks.set_contact(visit)]:
        tasks.done(task, outcome, note=note, by=by)
        if task.reply_id:
            settle(db.session.get(Reply, task.reply_id), hers=outcome is tasks.Outcome.HERS)


def _do(said: Said, visit: Visit, told: Mapping[str, object], *, at: datetime) -> None:
    match said:
        case Said.YES:
            _expect_offer(visit, told)
            appointments.confirm(visit, at=at)
        case Said.OTHER:
            _expect_offer(visit, told)
            appointments.ask_for_another(visit)
        case Said.CANCEL:
            appointments.cancel_by_her(visit)
        case Said.MOVE:
            visits.expect(visit, visits.State.CONFIRMED)
            moves.propose_by_her(visit, _slot(visit, told))
        case Said.ACCEPT:
            moves.accept(_move(visit, told), visit, by=None, at=at)
        case Said.REFUSE:
            moves.refuse(_move(visit, told), visit, by=None)
        case Said.WITHDRAW:
            moves.withdraw(_move(visit, told), visit, by=None)


def _outcome(verb: Callable[[], None]) -> Outcome:
    """What is in the way becomes a word she will find beside the visit; nothing half-done stays."""
    try:
        with db.session.begin_nested():
            verb()
            db.session.flush()
    except (Late, TooSoon):
        return Outcome.LATE
    except diary.Taken:
        return Outcome.TAKEN
    except (WrongState, OwnProposal, OneAtATime):
        return Outcome.MOOT
    return Outcome.DONE


def _told(reply: Reply) -> dict[str, object]:
    """Nothing for what does not open, or what somebody wrote who does not hold the number."""
    try:
        told = keyring.unseal(reply.label, reply.envelope)
    except Unreadable:
        reply.unreadable = True
        return {}
    held = db.session.get(ReplyKey, reply.receipt_id)
    key = str(told.get("reply_key"))
    return told if held and hmac.compare_digest(held.key.encode(), key.encode()) else {}


def _visit(reply: Reply, told: Mapping[str, object]) -> Visit | None:
    """Only one of the very number it was said by."""
    id = _uuid(told.get("visit"))
    visit = db.session.get(Visit, id, with_for_update=True, populate_existing=True) if id else None
    return visit if visit is not None and visit.receipt_id == reply.receipt_id else None


def _move(visit: Visit, told: Mapping[str, object]) -> moves.Move:
    """Named by the answer she read, or the one that waits where the proposal is hers. Raises `WrongState`."""
    row = moves.waiting(visit)
    if row is None or (row.answer_id and row.answer_id != _uuid(told.get("about"))):
        raise WrongState
    return row


def _expect_offer(visit: Visit, told: Mapping[str, object]) -> None:
    """An offer that was replaced meanwhile is not the one she read. Raises `WrongState`."""
    if visit.answer_id is None or visit.answer_id != _uuid(told.get("about")):
        raise WrongState


def _slot(visit: Visit, told: Mapping[str, object]) -> Slot:
    """As long as the time that was agreed. Raises `TooSoon` for what is no day or hour at all."""
    try:
        start = datetime.fromisoformat(f"{told.get('day')}T{told.get('hour')}").replace(tzinfo=clock.JAKARTA)
        return Slot(start, start + (visit.end_at - visit.start_at))
    except (ValueError, OverflowError):
        raise TooSoon from None


def _said(told: Mapping[str, object]) -> Said | None:
    try:
        return Said(told.get("said"))
    except ValueError:
        return None


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
