"""What a browser sealed, as it travels: two bytes of length, the label in the clear, the envelope."""

from dataclasses import replace

from pwa import envelope, i18n, wilayah
from pwa.envelope import SCHEMA, Label, Unreadable

LARGEST = 64 * 1024
_OLDEST_SCHEMA = SCHEMA - 2
_LONGEST_WAIT = 400 * 24 * 60 * 60


class NotALetter(ValueError):
    """These bytes were never written by a page of ours, or by one that is too old."""


def read(body: bytes, waited: str = "") -> tuple[Label, bytes]:
    """The label and the envelope it belongs to; `waited` is what the phone said of it. Raises `NotALetter`."""
    size = int.from_bytes(body[:2], "big")
    try:
        label = Label.read(body[2 : 2 + size])
        envelope.key_id_of(body[2 + size :])
    except (ValueError, OverflowError, OSError, Unreadable):
        raise NotALetter from None
    if not _is_ours(label):
        raise NotALetter
    return replace(label, waited=_seconds(waited)), body[2 + size :]


def _seconds(text: str) -> int:
    """Seconds between writing and sending by the phone's own clock: however wrong that clock is, the span is right."""
    return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _is_ours(label: Label) -> bool:
    return (
        i18n.by_folder(label.language) is not None
        and (label.kecamatan is None or wilayah.kecamatan_of(label.kecamatan) == label.kecamatan)
        and _OLDEST_SCHEMA <= label.schema <= SCHEMA
    )
