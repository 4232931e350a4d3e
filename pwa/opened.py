"""The number somebody has open: kept in the stash under her cookie for ten minutes, and nowhere else.

A phone that opened it by itself gave us only what it is looked up by; the key of the answers stays there.
"""

from collections.abc import Mapping
from hashlib import sha256

from pwa import stash
from pwa.receipts import Stretched

PAGE = "kabar"


def fetch(session_key: bytes) -> dict[str, object]:
    return stash.fetch(session_key, PAGE) or {}


def keep(session_key: bytes, number: Stretched, **more: object) -> None:
    """Opened by the server. The caller commits."""
    halves = {"lookup_id": number.lookup_id.hex(), "reply_key": number.reply_key.hex()}
    stash.keep(session_key, PAGE, halves | more)


def is_open(kept: Mapping[str, object]) -> bool:
    return "lookup_id" in kept


def lookup(kept: Mapping[str, object]) -> bytes:
    return sha256(bytes.fromhex(kept["lookup_id"])).digest()


def reply_key(kept: Mapping[str, object]) -> bytes | None:
    """Only here when the server made it of the number; a phone keeps its own."""
    return bytes.fromhex(kept["reply_key"]) if "reply_key" in kept else None


def stretched(kept: Mapping[str, object]) -> Stretched | None:
    """Both halves, where both are here."""
    key = reply_key(kept)
    return Stretched(bytes.fromhex(kept["lookup_id"]), key) if key else None
