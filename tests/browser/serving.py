"""The whole office on a port of its own, in this very process: its database is at hand and its clock can be turned."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from waitress import create_server

from pwa.settings import Settings
from tests.browser.profile import Site


@contextmanager
def a_site(app_for, settings: Settings) -> Iterator[Site]:
    app = app_for(settings)
    slow: dict[str, float] = {}
    asked: list[str] = []
    server = create_server(_watched(app, slow, asked), host="127.0.0.1", port=0, threads=8, ident="")
    stop = threading.Event()
    thread = threading.Thread(target=_serve, args=(server, stop), name="site")
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", settings, app, slow, asked)
    stop.set()
    thread.join(timeout=10)


def _watched(app, slow: dict[str, float], asked: list[str]):
    def answer(environ, start_response):
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        time.sleep(slow.get(environ["PATH_INFO"], 0))
        return app(environ, start_response)

    return answer


def _serve(server, stop: threading.Event) -> None:
    while not stop.is_set():
        server.asyncore.loop(timeout=0.1, map=server._map, count=1)
    server.task_dispatcher.shutdown()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
