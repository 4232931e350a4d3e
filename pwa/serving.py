"""The web server and the background work of this role, started and stopped together.

waitress takes a request whole before a thread sees it, so slow phones cannot use up the threads.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask

from pwa import jobs
from pwa.app import LARGEST_REQUEST
from pwa.deliver import Deliverer
from pwa.settings import Settings

# Above what the app itself refuses with a page of ours, far below what could fill the memory.
_LARGEST_BODY = 2 * LARGEST_REQUEST
_STILL_HEARD = 64 * 1024 * 1024
# The loop sends what is ready in one go. When each thread sends for itself, head and body apart, the loop spins around its
# half-sent answers and eight threads hand round the interpreter: a third of the speed.
_SENT_IN_ONE_GO = 64 * 1024


class Patient(HTTPRequestParser):
    """Listens to the end of a form that is too large and keeps nothing of it: who is cut off sees no sentence."""

    unheard = 0

    def received(self, data: bytes) -> int:
        if self.unheard:
            heard = min(len(data), self.unheard)
            self.unheard -= heard
            self.completed = not self.unheard
            return heard
        consumed = super().received(data)
        if _is_too_large(self) and not self.body_bytes_received and self.content_length <= _STILL_HEARD:
            self.unheard, self.completed = self.content_length, False
        return consumed


class SentOn(ErrorTask):
    """A form too large to be read: a page as its answer would keep the whole of it on the browser's disk."""

    def execute(self) -> None:
        if not _is_too_large(self.request):
            return super().execute()
        self.status = "303 See Other"
        self.response_headers += [("Location", "/maaf/413"), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = 0
        return self.write(b"")


def _is_too_large(request: HTTPRequestParser) -> bool:
    return request.error is not None and request.error.code == 413


HTTPChannel.parser_class, HTTPChannel.error_task_class = Patient, SentOn


def options(settings: Settings) -> dict[str, object]:
    """What is larger than an `overflow` goes into a temporary file, in plain: so nothing may be larger."""
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": 8,
        "connection_limit": 2_000,
        "asyncore_use_poll": True,
        "channel_timeout": 30,
        "max_request_body_size": _LARGEST_BODY,
        "inbuf_overflow": 4 * _LARGEST_BODY,
        "outbuf_overflow": 64 * _LARGEST_BODY,
        "ident": "",
        "clear_untrusted_proxy_headers": True,
        **_proxy_options(settings.trusted_proxy),
    }


def run(app: Flask, settings: Settings) -> None:
    """Until the process is told to stop. Raises `OSError` when the port is taken, `keys.KeyTrouble` like `Deliverer`."""
    signal.signal(signal.SIGTERM, _stop)
    with background_work(app, settings):
        server = create_server(app, **options(settings))
        server.adj.send_bytes = _SENT_IN_ONE_GO  # waitress would warn that this option may go one day
        server.run()


@contextmanager
def background_work(app: Flask, settings: Settings) -> Iterator[None]:
    """Each part of the work where its keys are: what was told is opened in the office, alerts leave from the deliverer."""
    stop = threading.Event()
    workers = []
    if settings.role.serves_office:
        workers.append(threading.Thread(target=jobs.run_forever, args=(app, stop), name="worker"))
    if settings.role.delivers:
        workers.append(threading.Thread(target=Deliverer(settings).run, args=(stop,), name="deliverer"))
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        stop.set()
        for worker in workers:
            worker.join(timeout=30)


def _proxy_options(address: str | None) -> dict[str, object]:
    if address is None:
        return {}
    return {
        "trusted_proxy": address,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }


def _stop(number, frame) -> None:
    raise SystemExit(0)
