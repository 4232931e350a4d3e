"""What every browser test needs: the site on a port of its own, and browsers that remember pages or load them anew."""

import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from waitress import create_server

from tests.browser.profile import ARGS, CHROMIUM, FIREFOX, NO_PAGES_IN_MEMORY, Site
from tests.conftest import settings_for


@pytest.fixture
def site(app_for, data_dir, sqlite_url) -> Iterator[Site]:
    settings = settings_for(data_dir, sqlite_url)
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


@pytest.fixture(scope="session")
def lasting_chromium(chromium) -> Iterator[Browser]:
    """Remembers whole pages for Back, as phones with enough memory do; the plain `chromium` loads every page anew."""
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=ARGS, ignore_default_args=[NO_PAGES_IN_MEMORY]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def firefox(playwright) -> Iterator[Browser]:
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)
    yield browser
    browser.close()


@pytest.fixture(params=["pages in memory", "pages anew"])
def any_chromium(request) -> Browser:
    return request.getfixturevalue("lasting_chromium" if request.param == "pages in memory" else "chromium")
