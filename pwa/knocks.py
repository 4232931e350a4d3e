"""Knocking at a door that is not one's own: it looks like no door at all, and the office sees that somebody tried."""

from datetime import timedelta

from werkzeug.exceptions import NotFound

from pwa import audit, limits, vault
from pwa.accounts import Account

AGAIN_AFTER = timedelta(minutes=10)
MOST = 60  # in that span, by one person: whoever tries every door is seen by then, and fills no audit


class Noted(NotFound):
    """Not there for this reader; which report or visit that was is written down already."""


def note(path: str, *, by: Account) -> None:
    """Once for each person and path in a while; the caller commits."""
    if not limits.spend("knock", _who(by, path), allowed=1, per=AGAIN_AFTER):
        return
    if limits.spend("knocks", _who(by), allowed=MOST, per=AGAIN_AFTER):
        audit.record("not-there", by=by, kind="page", object_id=path[:64])


def _who(account: Account, path: str = "") -> bytes:
    return vault.current().mac("knock", account.id, path)[:16]
