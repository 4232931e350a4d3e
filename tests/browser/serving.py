"""The whole office on a port of its own, in this very process: its database is at hand and its clock can be turned."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from waitress import create_server

from pwa.settings import Settings
from tests.browser.profile import Site


@contextmanager
def a_site(app_for, settings: Settings, port: int = 0) -> Iterator[Site]:
    app = app_for(settings)
    slow: dict[str, float] = {}
    asked: list[str] = []
    signal, stop = threading.Event(), threading.Event()
    signal.set()
    watched = _watched(app, slow, asked)
    server = _listen(watched, port)
    port = server.effective_port
    thread = threading.Thread(
        target=_serve, args=(server, lambda: _listen(watched, port), signal, stop), name="site"
    )
    thread.start()
    yield Site(f"http://127.0.0.1:{port}", settings, app, slow, asked, signal)
    stop.set()
    signal.set()
    thread.join(timeout=10)


def _watched(app, slow: dict[str, float], asked: list[str]):
    def answer(environ, start_response):
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        time.sleep(slow.get(environ["PATH_INFO"], 0))
        return app(environ, start_response)

    return answer


def _listen(watched, port: int = 0):
    return create_server(watched, host="127.0.0.1", port=port, threads=8, ident="")


def _serve(server, again: Callable[[], object], signal: threading.Event, stop: threading.Event) -> None:
    while not stop.is_set():
        if signal.is_set():
            server.asyncore.loop(timeout=0.1, map=server._map, count=1)
        else:
            _close(server)
            signal.wait()
            server = again()
    _close(server)


def _close(server) -> None:
    server.task_dispatcher.shutdown()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
