"""Signs as a counsellor's phone seals them, and the letter in which they are handed in together."""

from datetime import datetime
from uuid import UUID, uuid4

from pwa import envelope, keys, signs
from pwa.envelope import Label
from pwa.settings import Settings


def a_sealed_sign(
    settings: Settings, token: object, kind: object, at: datetime, *, id: UUID | None = None, **longer: object
) -> bytes:
    """`at` by the phone's own clock, in whole seconds."""
    label = Label(
        id=id or uuid4(), kind=signs.KIND, lookup=bytes(32), kecamatan=None, language="id", danger=False,
        written_at=at.replace(microsecond=0),
    )  # fmt: skip
    office = keys.sealing_key(settings.key_dir)
    lines = label.canonical()
    sealed = envelope.seal(label, {"token": token, "kind": kind, **longer}, office.id, office.key)
    return len(lines).to_bytes(2, "big") + lines + sealed


def together(*sealed: bytes) -> bytes:
    return b"".join(len(each).to_bytes(4, "big") + each for each in sealed)
