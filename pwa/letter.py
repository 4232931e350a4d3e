"""What a browser sealed, as it travels: two bytes of length, the label in the clear, the envelope."""

from pwa import envelope, i18n, wilayah
from pwa.envelope import SCHEMA, Label, Unreadable

LARGEST = 64 * 1024
_OLDEST_SCHEMA = SCHEMA - 2


class NotALetter(ValueError):
    """These bytes were never written by a page of ours, or by one that is too old."""


def read(body: bytes) -> tuple[Label, bytes]:
    """The label and the envelope it belongs to. Raises `NotALetter`."""
    size = int.from_bytes(body[:2], "big")
    try:
        label = Label.read(body[2 : 2 + size])
        envelope.key_id_of(body[2 + size :])
    except (ValueError, OverflowError, OSError, Unreadable):
        raise NotALetter from None
    if not _is_ours(label):
        raise NotALetter
    return label, body[2 + size :]


def _is_ours(label: Label) -> bool:
    return (
        i18n.by_folder(label.language) is not None
        and (label.kecamatan is None or wilayah.kecamatan_of(label.kecamatan) == label.kecamatan)
        and _OLDEST_SCHEMA <= label.schema <= SCHEMA
    )
