"""The office's quiet work in the background: open what arrived, forget what has expired, and show a pulse."""

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask

from pwa import (
    appointments,
    calendar,
    clock,
    db,
    invitations,
    limits,
    listeners,
    logins,
    moves,
    outings,
    overdue,
    pieces,
    replies,
    safety,
    site,
    stash,
    unpacking,
)
from pwa.safety import Times

EVERY_SECONDS = 1.0
PULSE_EVERY = timedelta(seconds=20)
_log = logging.getLogger("pwa.jobs")


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Until `stop` is set; a database that is away for a while is tried again, never a reason to end."""
    pulse_at = clock.now()
    while not stop.is_set():
        try:
            with app.app_context():
                arrived = unpacking.unpack_arrived() + replies.act_on_arrived()
                if clock.now() >= pulse_at:
                    pulse_at = clock.now() + PULSE_EVERY
                    _tidy(app)
        except Exception as error:
            arrived = 0
            _log.warning("background round failed: %s", type(error).__name__)
        finally:
            db.session.remove()
        if not arrived:
            stop.wait(EVERY_SECONDS)


def heartbeat_age() -> float | None:
    """Seconds since the last pulse; `None` before the first."""
    at = site.get("heartbeat")
    return at and (clock.now() - datetime.fromisoformat(at.decode())).total_seconds()


def _tidy(app: Flask) -> None:
    appointments.lapse_due()
    moves.lapse_due()
    stash.purge()
    limits.purge()
    logins.purge()
    invitations.purge()
    listeners.forget_ended()
    calendar.purge()
    pieces.purge()
    overdue.look()
    times = Times.of(app.config["SETTINGS"])
    outings.keep_up(times)
    safety.look(times)
    site.put("heartbeat", clock.now().isoformat().encode())
    db.session.commit()
