"""One push to one device: closed, padded, sent to an address that was looked at, and what its service answered.

pywebpush alone would follow a redirect, wait for ever, send without padding, let a message die at
once, and write into the claims it is given; here it never opens a connection itself.
"""

import hmac
import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from pwa import clock, endpoints
from pwa.settings import Settings
from pwa.ways import Ways

BUCKET = 512
TIMEOUT = (3.05, 8.0)
_SPEAKS_FOR = timedelta(hours=6)
_LONGEST_PAUSE = timedelta(hours=1)
_log = logging.getLogger("pwa.webpush")


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    GONE = "gone"
    MALFORMED = "malformed"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    status: int | None = None
    pause: timedelta | None = None


@dataclass(frozen=True)
class Device:
    """Where one browser is reached. Whoever holds this can write to it, so it never shows itself."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True)
class Note:
    """What a device gets: a random id and one letter for a line it already knows."""

    id: UUID
    kind: str
    lasts: timedelta
    urgent: bool

    def body(self) -> str:
        start = f'{{"v":1,"id":"{self.id.hex}","k":"{self.kind}","p":"'
        return start + "0" * (BUCKET - len(start) - 2) + '"}'


@dataclass(frozen=True)
class Service:
    """The push services this house speaks to, and the one on this machine that only pretends."""

    hosts: tuple[str, ...]
    contact: str
    double: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Service":
        return cls(settings.push_hosts, settings.push_contact, settings.push_double)

    def name_of(self, endpoint: str) -> str:
        """Which known service this is. Raises `endpoints.Unacceptable`."""
        if self.double and endpoint.startswith(self.double + "/"):
            return "double"
        return endpoints.service_of(endpoint, self.hosts)

    @contextmanager
    def line(self) -> Iterator["Line"]:
        """For one thread and a handful of pushes in a row, which share their connections."""
        with closing(Ways(self.double)) as ways:
            yield Line(self, ways)


@dataclass(frozen=True)
class Line:
    service: Service
    ways: Ways

    def send(self, note: Note, device: Device, vapid_key: EllipticCurvePrivateKey) -> Answer:
        """Never raises and never takes much longer than `TIMEOUT`."""
        name = "?"
        try:
            name = self.service.name_of(device.endpoint)
            answer = self._send(note, device, vapid_key)
        except endpoints.Unacceptable:
            answer = Answer(Outcome.MALFORMED)
        except Exception as error:  # whatever the libraries raise may carry the address in its text
            _log.warning("push to %s failed: %s", name, type(error).__name__)
            return Answer(Outcome.TROUBLE)
        _log.info("push to %s: %s (%s)", name, answer.outcome, answer.status)
        return answer

    def _send(self, note: Note, device: Device, vapid_key: EllipticCurvePrivateKey) -> Answer:
        from py_vapid import Vapid02
        from pywebpush import (  # aiohttp stands behind it: every start would wait for that
            WebPushException,
            webpush,
        )

        parts = urlsplit(device.endpoint)
        claims = {
            "sub": self.service.contact, "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time() + _SPEAKS_FOR.total_seconds()),
        }  # fmt: skip
        try:
            reply = webpush(
                {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
                data=note.body(), vapid_private_key=Vapid02(vapid_key), vapid_claims=claims, timeout=TIMEOUT,
                ttl=max(1, int(note.lasts.total_seconds())), requests_session=self.ways,
                headers={"Urgency": "high" if note.urgent else "normal", "Topic": _topic(device, note.kind)},
            )  # fmt: skip
        except WebPushException as error:
            if error.response is None:
                return Answer(Outcome.MALFORMED)
            reply = error.response
        return Answer(
            _OUTCOMES.get(reply.status_code, Outcome.TROUBLE), reply.status_code, _pause(reply.headers)
        )


_OUTCOMES = {
    200: Outcome.ACCEPTED, 201: Outcome.ACCEPTED, 202: Outcome.ACCEPTED, 204: Outcome.ACCEPTED,
    400: Outcome.MALFORMED, 401: Outcome.REFUSED, 403: Outcome.REFUSED, 404: Outcome.GONE, 410: Outcome.GONE,
    413: Outcome.TOO_LARGE, 429: Outcome.TOO_MANY,
}  # fmt: skip


def _topic(device: Device, kind: str) -> str:
    """A newer line of one kind takes the place of one that waits; nobody else can tell what it is about."""
    return urlsafe_b64encode(hmac.digest(device.auth.encode(), kind.encode(), sha256))[:32].decode()


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    text = headers.get("Retry-After")
    if not text:
        return None
    try:
        pause = timedelta(seconds=int(text)) if text.isdigit() else parsedate_to_datetime(text) - clock.now()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(pause, timedelta(seconds=1)), _LONGEST_PAUSE)
