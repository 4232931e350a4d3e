"""What a passkey is asked to sign: good once, for one purpose and one reader, for five minutes.

No row is written when a page only offers one: the challenge carries its own end and the office's mark. What is
written, at the answer, is that it was used.
"""

import hmac
import os
from datetime import timedelta

from pwa import clock, limits, vault

LASTS = timedelta(minutes=5)
_NONCE = 16
_UNTIL = 5


def new(purpose: str, reader: bytes = b"") -> bytes:
    nonce = os.urandom(_NONCE)
    until = int((clock.now() + LASTS).timestamp()).to_bytes(_UNTIL, "big")
    return nonce + until + _mark(purpose, reader, nonce, until)


def spend(challenge: bytes, purpose: str, reader: bytes = b"") -> bool:
    """Whether it is ours, for this, for this reader, in time and never used before. The caller commits."""
    nonce, until, mark = challenge[:_NONCE], challenge[_NONCE:][:_UNTIL], challenge[_NONCE + _UNTIL :]
    if not hmac.compare_digest(mark, _mark(purpose, reader, nonce, until)):
        return False
    in_time = clock.now().timestamp() < int.from_bytes(until, "big")
    return in_time and limits.spend("challenge", nonce, allowed=1, per=LASTS)


def _mark(purpose: str, reader: bytes, nonce: bytes, until: bytes) -> bytes:
    return vault.current().mac("challenge", purpose, reader, nonce, until)
