"""One push to one device: closed, padded, sent to an address that was looked at, and what its service answered.

pywebpush alone would follow a redirect, wait for ever, send without padding, let a message die at
once, and write into the claims it is given; here it never opens a connection itself.
"""

import hmac
import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

import urllib3
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from requests.certs import where as certificates

from pwa import clock, endpoints
from pwa.settings import Settings

BUCKET = 512
TIMEOUT = (3.05, 8.0)
_SPEAKS_FOR = timedelta(hours=6)
_MOST_READ = 4096
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

    def send(self, note: Note, device: Device, vapid_key: EllipticCurvePrivateKey) -> Answer:
        """Never raises and never takes much longer than `TIMEOUT`."""
        name = "?"
        try:
            name = self.name_of(device.endpoint)
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
            "sub": self.contact, "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time() + _SPEAKS_FOR.total_seconds()),
        }  # fmt: skip
        try:
            reply = webpush(
                {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
                data=note.body(), vapid_private_key=Vapid02(vapid_key), vapid_claims=claims, timeout=TIMEOUT,
                ttl=max(1, int(note.lasts.total_seconds())), requests_session=self._way_to(parts.hostname),
                headers={"Urgency": "high" if note.urgent else "normal", "Topic": _topic(device, note.kind)},
            )  # fmt: skip
        except WebPushException as error:
            if error.response is None:
                return Answer(Outcome.MALFORMED)
            reply = error.response
        return Answer(
            _OUTCOMES.get(reply.status_code, Outcome.TROUBLE), reply.status_code, _pause(reply.headers)
        )

    def _way_to(self, host: str | None) -> "_Way":
        if self.double:
            double = urlsplit(self.double)
            if host == double.hostname:
                return _Way(urllib3.HTTPConnectionPool(double.hostname, double.port, maxsize=1))
        return _Way(
            urllib3.HTTPSConnectionPool(
                endpoints.address_of(host or ""), 443, maxsize=1, server_hostname=host, assert_hostname=host,
                cert_reqs="CERT_REQUIRED", ca_certs=certificates(),
            ),
            host,
        )  # fmt: skip


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


@dataclass(frozen=True)
class _Reply:
    status_code: int
    headers: Mapping[str, str]
    text: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Way:
    """What pywebpush takes for a session of `requests`: one request over one connection, no redirect, no proxy."""

    pool: urllib3.HTTPConnectionPool
    host: str | None = None

    def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], timeout: tuple[float, float]
    ) -> _Reply:
        parts = urlsplit(url)
        named = {"Host": self.host} if self.host else {}
        with self.pool:
            reply = self.pool.urlopen(
                "POST", parts.path + (f"?{parts.query}" if parts.query else ""), body=data,
                headers={**headers, **named}, timeout=urllib3.Timeout(connect=timeout[0], read=timeout[1]),
                redirect=False, retries=False, preload_content=False,
            )  # fmt: skip
            reply.read(_MOST_READ)
            reply.close()
        return _Reply(reply.status, reply.headers)
