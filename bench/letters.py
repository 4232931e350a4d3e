"""Invented reports, as a browser with and without JavaScript would send them; each one is another."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode
from uuid import UUID, uuid4

from pwa import envelope, keys
from pwa.envelope import Label
from pwa.settings import Settings

STORY = "Bukan cerita siapa pun, hanya untuk mengukur. " * 12


@dataclass(frozen=True)
class Letter:
    id: UUID
    body: bytes


def sealed(settings: Settings) -> Iterator[Letter]:
    """Letters as the browser seals them: label in the clear, then the envelope."""
    key = keys.sealing_key(settings.key_dir)
    closed = partial(envelope.seal, key_id=key.id, public_key=key.key)
    while True:
        label = Label(
            id=uuid4(), kind="report", lookup=secrets.token_bytes(32), kecamatan=None, language="id", danger=False,
            written_at=datetime.now(UTC).replace(microsecond=0),
        )  # fmt: skip
        lines = label.canonical()
        told = {"story": STORY, "variant": "own", "reply_key": secrets.token_hex(32)}
        yield Letter(label.id, len(lines).to_bytes(2, "big") + lines + closed(label, told))


def typed() -> Iterator[Letter]:
    """The form of `/cerita` as a browser without JavaScript posts it."""
    while True:
        id = uuid4()
        yield Letter(id, urlencode({"id": str(id), "safe": "yes", "danger": "no", "story": STORY}).encode())
