"""Other ways than push to call whoever is on call, tried when a ring has gone unanswered for a while.

A channel is anything with a name that can call. It is told nothing: what it says are the same dull lines a phone shows.
"""

import logging
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pwa.settings import Settings

_PATIENCE = 8  # seconds
_SUBJECT = "Tugas baru / Tugas anyar"
_TEXT = "Buka dasbor. Perlu segera dibaca.\n\nBuka dasbor. Kudu gancang dibaca.\n"
_log = logging.getLogger("pwa.channels")


class Channel(Protocol):
    name: str

    def call(self) -> None:
        """May raise `OSError`; the ring goes on all the same."""


@dataclass(frozen=True)
class Mail:
    """To the mailbox of a role. Off unless all three settings are there; never without TLS to another machine."""

    url: str = field(repr=False)
    sender: str
    to: str
    name: str = "mail"

    def call(self) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, self.to, _SUBJECT
        letter.set_content(_TEXT)
        parts = urlsplit(self.url)
        with self._connection(parts.scheme, parts.hostname, parts.port) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter)

    def _connection(self, scheme: str, host: str, port: int | None) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=_PATIENCE, context=context)
        server = smtplib.SMTP(host, port or 587, timeout=_PATIENCE)
        if host not in ("127.0.0.1", "localhost"):
            server.starttls(context=context)
        return server


def of(settings: Settings) -> list[Channel]:
    if settings.smtp_url and settings.mail_from and settings.mail_to:
        return [Mail(settings.smtp_url, settings.mail_from, settings.mail_to)]
    return []


def call(channels: Sequence[Channel]) -> None:
    """Each of them; one that does not work holds up no other. No transaction may be open."""
    for channel in channels:
        try:
            channel.call()
        except (OSError, smtplib.SMTPException) as error:
            _log.warning("channel %s failed: %s", channel.name, type(error).__name__)
