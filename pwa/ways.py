"""Ways to push services: each leads to the one address that was looked at, and nowhere else.

No redirect and no proxy is followed. A way stays open from one push to the next, so that not every one pays for a
handshake; whoever holds it lets it go within seconds, and the name is looked up again the next time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from requests.certs import where as certificates

from pwa import endpoints

_MOST_READ = 4096


@dataclass(frozen=True)
class Reply:
    """What pywebpush looks at in an answer."""

    status_code: int
    headers: Mapping[str, str]
    text: str = ""
    reason: str = ""


class Ways:
    """For one thread; pywebpush takes it for a session of `requests`."""

    def __init__(self, double: str | None = None) -> None:
        self._double = urlsplit(double) if double else None
        self._open: dict[str | None, urllib3.HTTPConnectionPool] = {}

    def close(self) -> None:
        for way in self._open.values():
            way.close()

    def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], timeout: tuple[float, float]
    ) -> Reply:
        """Raises `endpoints.Unacceptable` and what urllib3 raises."""
        parts = urlsplit(url)
        reply = self._to(parts.hostname).urlopen(
            "POST", parts.path + (f"?{parts.query}" if parts.query else ""), body=data,
            headers={**headers, "Host": parts.hostname or ""}, timeout=urllib3.Timeout(connect=timeout[0], read=timeout[1]),
            redirect=False, retries=False, preload_content=False,
        )  # fmt: skip
        reply.read(_MOST_READ)
        if reply.isclosed():
            reply.release_conn()
        else:  # it has more to say than anybody wants to hear
            reply.close()
        return Reply(reply.status, reply.headers)

    def _to(self, host: str | None) -> urllib3.HTTPConnectionPool:
        if host not in self._open:
            self._open[host] = self._new(host)
        return self._open[host]

    def _new(self, host: str | None) -> urllib3.HTTPConnectionPool:
        if self._double and host == self._double.hostname:
            return urllib3.HTTPConnectionPool(self._double.hostname, self._double.port, maxsize=1)
        return urllib3.HTTPSConnectionPool(
            endpoints.address_of(host or ""), 443, maxsize=1, server_hostname=host, assert_hostname=host,
            cert_reqs="CERT_REQUIRED", ca_certs=certificates(),
        )  # fmt: skip
