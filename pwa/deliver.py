"""The deliverer: sends what was promised, climbs the ladder, and shows a pulse. Any number of them may run at once.

It holds its own keys and none of the office's. No database transaction is open while the network is.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import select

from pwa import channels, claims, clock, db, ladder, oncall, pulse, push, pushkeys, sendings, subscriptions
from pwa.accounts import StaffRole
from pwa.claims import Claimed
from pwa.envelope import Unreadable
from pwa.ladder import Step
from pwa.push import Alert
from pwa.pushkeys import Inside
from pwa.settings import Settings
from pwa.subscriptions import Subscription
from pwa.webpush import Answer, Line, Outcome, Service

BEAT_EVERY = timedelta(seconds=20)
SILENT_AFTER = timedelta(minutes=2)
_SENDERS = 8  # most of a sender's time is a push service's; the first keeps itself free for what is urgent
_PAUSE, _LONG_PAUSE = 0.2, 1.0
_AT_ONCE = 50  # so that "danger now" never waits behind a long list
_HANDFUL, _HANDFUL_TAKES = 10, 5  # seconds; with the last of them well within `claims.HELD`
_STOPS = (Outcome.REFUSED, Outcome.TOO_MANY)
_TIDY_EVERY = timedelta(hours=1)
_log = logging.getLogger("pwa.deliver")


class Deliverer:
    """Raises `keys.KeyTrouble` at once when a key is missing or is not the one its name says."""

    def __init__(self, settings: Settings) -> None:
        self._keys: Inside = pushkeys.inside(settings.key_dir, settings.deliver_key_dir)
        self._service = Service.of(settings)
        self._channels = channels.of(settings)
        self._times = settings.ladder, settings.ladder_late
        self._beat_at = self._tidy_at = clock.now()
        self._news = threading.Condition()  # something was addressed: nobody need wait out a pause

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        senders = [
            threading.Thread(target=self._send_on, name=f"sender-{number}", args=(stop, number == 0))
            for number in range(_SENDERS)
        ]
        for sender in senders:
            sender.start()
        _again_and_again(stop, self.look_round, lambda: stop.wait(_PAUSE))
        for sender in senders:
            sender.join()

    def look_round(self) -> bool:
        """What is due gets its devices, rings climb. True when there may be more. Commits."""
        if clock.now() >= self._beat_at:
            self._beat_at = clock.now() + BEAT_EVERY
            self._beat()
        if Step.CHANNEL in ladder.climb(*self._times):
            db.session.remove()
            channels.call(self._channels)
        addressed = address_due()
        if addressed:
            with self._news:
                self._news.notify_all()
        return addressed == _AT_ONCE

    def send_some(self, *, urgent_only: bool = False) -> int:
        """One handful of what is due; how many that were. Commits."""
        claimed = claims.claim(_HANDFUL, urgent_only=urgent_only)
        if not claimed:
            return 0
        answers = self._answers(claimed)  # nothing is open while the network is
        claims.record(answers)
        claims.let_go({each.id for each in claimed} - answers.keys())
        db.session.commit()
        return len(answers)

    def _send_on(self, stop: threading.Event, urgent_only: bool) -> None:
        def pause() -> None:
            with self._news:
                self._news.wait(_PAUSE if urgent_only else _LONG_PAUSE)

        _again_and_again(stop, lambda: self.send_some(urgent_only=urgent_only) > 0, pause)

    def _answers(self, claimed: list[Claimed]) -> dict[UUID, Answer]:
        """Until one of them is about more than one device, or the handful takes too long."""
        answers = {}
        until = time.monotonic() + _HANDFUL_TAKES
        with self._service.line() as line:
            for each in claimed:
                answers[each.id] = answer = self._answer(line, each)
                if answer.outcome in _STOPS or time.monotonic() > until:
                    break
        return answers

    def _answer(self, line: Line, claimed: Claimed) -> Answer:
        key = self._keys.vapid.get(claimed.vapid_id)
        try:
            device = subscriptions.opened(claimed.closed, self._keys)
        except Unreadable:
            device = None
        if (
            key is None or device is None
        ):  # of a pair that was retired: the phone brings a new one at its next visit
            return Answer(Outcome.GONE)
        return line.send(claimed.note, device, key)

    def _beat(self) -> None:
        pulse.beat(pulse.DELIVERER)
        oncall.note_cover()
        if clock.now() >= self._tidy_at:
            self._tidy_at = clock.now() + _TIDY_EVERY
            sendings.purge()
        db.session.commit()


def address_due() -> int:
    """Write down a sending for every device of whom an alert is for; how many alerts that were. Commits."""
    due = select(Alert).where(Alert.state == push.State.PROMISED, Alert.due_at <= clock.now())
    due = due.order_by(Alert.urgent.desc(), Alert.due_at).limit(_AT_ONCE)
    with db.reading():
        nothing = db.session.scalar(due.with_only_columns(Alert.id).limit(1)) is None
        db.session.rollback()
    if nothing:
        return 0
    alerts = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    devices = cache(_devices)  # most of them are for the same few people
    now = clock.now()
    sendings.address(
        {each: devices(each.to_id, each.receipt_id) if each.until > now else [] for each in alerts}
    )
    db.session.commit()
    return len(alerts)


def _devices(to_id: UUID | None, receipt_id: UUID | None) -> list[Subscription]:
    if receipt_id is not None:
        return list(db.session.scalars(subscriptions.of_receipt(receipt_id)))
    people = [to_id] if to_id else oncall.now() or oncall.everybody(StaffRole.PENERIMA)
    query = subscriptions.reachable().where(Subscription.account_id.in_(people))
    return list(db.session.scalars(query))


def _again_and_again(stop: threading.Event, work: Callable[[], bool], pause: Callable[[], object]) -> None:
    """A database that is away for a while is tried again, never a reason to end."""
    while not stop.is_set():
        try:
            more = work()
        except Exception as error:
            more = False
            db.session.rollback()
            _log.warning("round failed: %s", type(error).__name__)
        finally:
            db.session.remove()
        if not more:
            pause()
