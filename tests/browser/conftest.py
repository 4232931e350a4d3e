"""One real server and one real Chromium for a worker's whole run; a fresh, empty browser window for every test."""

import shutil
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.attack.people import Officer
from tests.served import Served, a_server, browser_of

PASSWORD = "empat kata yang tenang"
_TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
    (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`))"""


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            # A machine under load is late in ways no phone is; the summary names what needed the second try.
            # What the exit promises gets none.
            if not item.path.name.startswith("test_panic"):
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    with a_server(tmp_path_factory.mktemp("town")) as served:
        yield served


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    yield browser
    browser.close()


@dataclass
class Windows:
    """Opens windows and listens to what their pages complain about."""

    chromium: Browser
    town: Served
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, *, language: str = "id", cookie: str | None = None, **options) -> Page:
        """`language` is the folder's name, as the language buttons set it; `cookie` signs somebody in."""
        context = self.chromium.new_context(
            base_url=self.town.url, viewport=options.pop("viewport", {"width": 360, "height": 640}), **options
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        kept = {"b": language} | ({"m": cookie} if cookie else {})
        context.add_cookies(
            [{"name": name, "value": value, "url": self.town.url} for name, value in kept.items()]
        )
        context.add_init_script(_TELL_VIOLATIONS)
        context.on(
            "console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text)
        )
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context.new_page()


@pytest.fixture
def windows(chromium, town):
    """What a page complains about fails the test, whatever else it looks at."""
    windows = Windows(chromium, town)
    yield windows
    for context in windows.contexts:
        context.close()
    assert town.process.poll() is None, f"the server ended with {town.process.returncode}"
    assert windows.complaints == []


@pytest.fixture(scope="session")
def staff(town) -> dict[str, str]:
    """One of each role, signed in: the cookie by role."""
    return {role: signed_in(town, role) for role in ("penerima", "manajer", "admin")}


def signed_in(town: Served, role: str, login: str | None = None) -> str:
    said = town.run("user", "add", login or f"{role}.satu", "--role", role, "--name", f"Ibu {role.title()}")
    officer = Officer(browser_of(town), "catatan")
    officer.joins(said.rpartition("/undangan/")[2].split()[0], PASSWORD)
    return next(iter(officer.send.cookies()))
