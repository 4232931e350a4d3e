"""What every browser test needs: the site on a port of its own, and browsers that remember pages or load them anew."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from waitress import create_server

from tests.browser.profile import ARGS, CHROMIUM, NO_PAGES_IN_MEMORY, Site
from tests.conftest import settings_for


@pytest.fixture
def site(app_for, data_dir, sqlite_url) -> Iterator[Site]:
    settings = settings_for(data_dir, sqlite_url)
    app = app_for(settings)
    server = create_server(app, host="127.0.0.1", port=0, threads=8, ident="")
    stop = threading.Event()
    thread = threading.Thread(target=_serve, args=(server, stop), name="site")
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", settings, app)
    stop.set()
    thread.join(timeout=10)


def _serve(server, stop: threading.Event) -> None:
    while not stop.is_set():
        server.asyncore.loop(timeout=0.1, map=server._map, count=1)
    server.task_dispatcher.shutdown()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright) -> Iterator[Browser]:
    """Remembers whole pages for Back, as phones with enough memory do."""
    yield from _launched(playwright, ignore_default_args=[NO_PAGES_IN_MEMORY])


@pytest.fixture(scope="session")
def forgetful_chromium(playwright) -> Iterator[Browser]:
    """Loads every page anew for Back, as cheap phones do."""
    yield from _launched(playwright)


def _launched(playwright: Playwright, **options) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS, **options)
    yield browser
    browser.close()


@pytest.fixture(params=["pages in memory", "pages anew"])
def any_chromium(request) -> Browser:
    return request.getfixturevalue("chromium" if request.param == "pages in memory" else "forgetful_chromium")
