"""Signs that waited on a phone: each sealed the moment it was given, all handed in together, oldest first.

The token inside is the authority: her session may have ended long ago. Nobody, not even her phone, can read them again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pwa import checkpoints, clock, keyring, letter, outings, trips
from pwa.checkpoints import EXTENSIONS, LONGEST_WORD, Kind
from pwa.envelope import Label, Unreadable
from pwa.letter import NotALetter
from pwa.safety import Times

KIND = "sign"
_OLDEST = timedelta(days=7)
_SIZE = 4


@dataclass(frozen=True)
class Sign:
    id: UUID
    token: str
    kind: Kind
    minutes: int
    word: str
    happened_at: datetime


def hand_in(body: bytes, waited: str, *, times: Times) -> UUID:
    """Take what can be taken; the answer is the receipt, the id of the newest. The caller commits.

    Raises `NotALetter` when nothing in it was a sign of any trip.
    """
    letters = [letter.read(part, waited) for part in _parts(body)]
    taken = [_take(sign, times) for sign in _opened(letters)]
    if True not in taken:
        raise NotALetter
    return letters[-1][0].id


def _take(sign: Sign, times: Times) -> bool:
    trip = trips.by_token(sign.token)
    if trip is None:
        return False
    checkpoints.note(
        trip, sign.id, sign.kind, times=times, happened_at=sign.happened_at, minutes=sign.minutes, word=sign.word
    )  # fmt: skip
    outings.follow(trip)
    return True


def _parts(body: bytes) -> Iterator[bytes]:
    """Raises `NotALetter` for bytes that do not come out even, and for none at all."""
    at = 0
    while at < len(body) or at == 0:
        size = int.from_bytes(body[at : at + _SIZE], "big")
        at += _SIZE + size
        if not size or at > len(body):
            raise NotALetter
        yield body[at - size : at]


def _opened(letters: Sequence[tuple[Label, bytes]]) -> Iterator[Sign]:
    """What does not open is passed over: nobody will ever take it, and what came after it must not wait behind it."""
    newest = max(label.written_at for label, _ in letters)
    for label, sealed in letters:
        try:
            told = keyring.unseal(label, sealed)
            kind = Kind(told.get("kind"))
        except (Unreadable, ValueError):
            continue
        token, word = str(told.get("token")), str(told.get("word", ""))[:LONGEST_WORD]
        yield Sign(label.id, token, kind, _minutes(told.get("minutes")), word, _moment(label, newest))


def _minutes(told: object) -> int:
    return next((each for each in EXTENSIONS if str(each) == told), EXTENSIONS[0])


def _moment(label: Label, newest: datetime) -> datetime:
    """By our clock: the newest waited as long as the phone says, the others that much longer. Its clock may be wrong."""
    waited = timedelta(seconds=label.waited) + (newest - label.written_at)
    return clock.now() - min(waited, _OLDEST)
