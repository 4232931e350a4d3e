"""The deliverer: sends what was promised, climbs the ladder, and shows a pulse. Any number of them may run at once.

It holds its own keys and none of the office's. No database transaction is open while the network is.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from pwa import channels, clock, db, ladder, oncall, pulse, push, pushkeys, sendings, subscriptions
from pwa.accounts import StaffRole
from pwa.envelope import Unreadable
from pwa.ladder import Step
from pwa.push import Alert
from pwa.pushkeys import Inside
from pwa.settings import Settings
from pwa.subscriptions import Subscription
from pwa.webpush import Answer, Outcome, Service

BEAT_EVERY = timedelta(seconds=20)
SILENT_AFTER = timedelta(minutes=2)
_SENDERS = 4  # the first of them keeps itself free for what is urgent
_PAUSE = 0.2
_AT_ONCE = 50  # so that "danger now" never waits behind a long list
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

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        senders = [
            threading.Thread(
                target=_again_and_again, name=f"sender-{number}", args=(stop, self._sender(number == 0))
            )
            for number in range(_SENDERS)
        ]  # fmt: skip
        for sender in senders:
            sender.start()
        _again_and_again(stop, self.look_round)
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
        return address_due() == _AT_ONCE

    def send_one(self, *, urgent_only: bool = False) -> bool:
        """False when nothing is due. Commits."""
        claimed = sendings.claim(urgent_only=urgent_only)
        if claimed is None:
            return False
        sending, subscription = claimed.sending, claimed.subscription
        db.session.rollback()  # nothing stays open while the network is
        answer = self._send(sending, subscription)
        sendings.record(sending.id, answer)
        db.session.commit()
        return True

    def _sender(self, urgent_only: bool) -> Callable[[], bool]:
        return lambda: self.send_one(urgent_only=urgent_only)

    def _send(self, sending: sendings.Sending, subscription: Subscription) -> Answer:
        key = self._keys.vapid.get(subscription.vapid_id)
        try:
            device = subscription.device(self._keys)
        except Unreadable:
            device = None
        if (
            key is None or device is None
        ):  # of a pair that was retired: the phone brings a new one at its next visit
            return Answer(Outcome.GONE)
        return self._service.send(sending.note, device, key)

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
    for alert in alerts:
        sendings.address(alert, _devices(alert))
    db.session.commit()
    return len(alerts)


def _devices(alert: Alert) -> list[Subscription]:
    if alert.until <= clock.now():
        return []
    if alert.lookup is not None:
        return list(db.session.scalars(subscriptions.of_receipt(alert.lookup)))
    people = [alert.to_id] if alert.to_id else oncall.now() or oncall.everybody(StaffRole.PENERIMA)
    query = subscriptions.reachable().where(Subscription.account_id.in_(people))
    return list(db.session.scalars(query))


def _again_and_again(stop: threading.Event, work: Callable[[], bool]) -> None:
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
            stop.wait(_PAUSE)
