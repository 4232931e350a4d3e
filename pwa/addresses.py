"""The address a browser gives us to be reached at: read as it travels, and marked so that it can be found again."""

import json
import re
from hashlib import sha256

from pwa.webpush import Device

_KEY = re.compile(r"[A-Za-z0-9_-]{87}=?")
_AUTH = re.compile(r"[A-Za-z0-9_-]{22}={0,2}")


class Incomplete(Exception):
    """A browser's subscription has an endpoint and two keys; this one has not."""


def parse(text: str | bytes | None) -> Device:
    """What `PushSubscription.toJSON()` gave, as it travels. Raises `Incomplete`."""
    return _read(_opened(text))


def parse_move(text: str | bytes) -> tuple[Device, Device]:
    """The old address and the new one. Raises `Incomplete`."""
    match _opened(text):
        case {"old": old, "new": new}:
            return _read(old), _read(new)
    raise Incomplete


def mark_of(device: Device) -> bytes:
    """Over the keys too: whoever learns only an address can neither take it over nor silence it."""
    return sha256("\0".join((device.endpoint, device.p256dh, device.auth)).encode()).digest()


def _opened(text: str | bytes | None) -> object:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        raise Incomplete from None


def _read(given: object) -> Device:
    match given:
        case {"endpoint": str(endpoint), "keys": {"p256dh": str(key), "auth": str(auth)}}:
            if endpoint.isascii() and _KEY.fullmatch(key) and _AUTH.fullmatch(auth):
                return Device(endpoint, key.rstrip("="), auth.rstrip("="))
    raise Incomplete
