"""A push service that only pretends: it answers what a test tells it to, and keeps what came."""

import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pwa.webpush import Device

_AUTH = bytes(range(16))


@dataclass(frozen=True)
class Received:
    path: str
    headers: Message
    body: bytes
    at: float
    port: int


@dataclass
class Double:
    """`answers` by path: a status, or (status, headers), or None for silence. Everything else is 201.

    `Content-Length` among the headers: so much is said.
    """

    port: int = 0
    answers: dict[str, object] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [each.path for each in self.received]


@dataclass
class Phone:
    """A browser with keys of its own, so that a test can read what arrived."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def device(self) -> Device:
        raw = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Device(self.endpoint, _text(raw), _text(_AUTH))

    @property
    def as_json(self) -> dict[str, object]:
        device = self.device
        return {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}

    def reads(self, body: bytes) -> bytes:
        return http_ece.decrypt(body, private_key=self.key, auth_secret=_AUTH)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """That a caller was killed is no error of the service's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def a_double() -> Iterator[Double]:
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # so that a connection may stay open, as with the real ones

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # killed in the middle of it
                self.close_connection = True
                return
            double.received.append(
                Received(self.path, self.headers, body, time.monotonic(), self.client_address[1])
            )
            answer = double.answers.get(self.path, 201)
            if answer is None:
                stop.wait(20)
                return
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            headers = {"Content-Length": "0", **headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"x" * int(headers["Content-Length"]))

        def log_message(self, *words) -> None:
            """A test is no place for an access log."""

    stop = threading.Event()
    server = _Server(("127.0.0.1", 0), Handler)
    double.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield double
    finally:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
