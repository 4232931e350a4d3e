"""A phone of one's own in a test: chosen like a person chooses it, and without signal when the test says so."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Page

from pwa import keyring
from tests.browser.profile import Site, a_profile, number_on, sees, turns_to, until

KEPT = "[data-when=kept]:not([hidden])"
SENT = "[data-when=sent]:not([hidden])"
SLOTS = 8
SLOT = 16 * 1024
WITHOUT_BACKGROUND_SYNC = "delete ServiceWorkerRegistration.prototype.sync"

_SLOTS = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("k")
  opening.onerror = () => reject(opening.error)
  opening.onsuccess = () => {
    const all = opening.result.transaction("slots").objectStore("slots").getAll()
    all.onsuccess = () => { opening.result.close(); resolve(all.result.map((slot) => btoa(String.fromCharCode(...slot)))) }
  }
})"""


def is_mine(page: Page) -> None:
    """She says so, and the phone has everything it needs from then on."""
    page.goto("/")
    page.locator("#hp-sendiri").click()
    sees(page, "#hapus-jejak")


@contextmanager
def an_own_phone(browser: Browser, folder: Path, site: Site, **options) -> Iterator[Page]:
    with a_profile(browser, folder, site, **options) as page:
        is_mine(page)
        yield page


@contextmanager
def the_same_phone(browser: Browser, folder: Path, site: Site, **options) -> Iterator[Page]:
    """Started again from cold."""
    with a_profile(browser, folder, site, **options) as page:
        yield page


@contextmanager
def until_the_battery_dies(browser: Browser, folder: Path, site: Site, **options) -> Iterator[Page]:
    """The browser gets no chance to tidy up: kill -9."""
    with suppress(Error), a_profile(browser, folder, site, **options) as page:
        yield page
        _kill_browser_of(folder)


def _kill_browser_of(folder: Path) -> None:
    found = subprocess.run(
        ["pgrep", "-f", "--", f"--user-data-dir={folder}"], capture_output=True, text=True, check=True
    )
    for process in map(int, found.stdout.split()):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def tells_without_signal(page: Page, story: str, *, path: str = "/cerita") -> str:
    """From the first page to the receipt that says: kept here, not sent yet. The number."""
    number = tells(page, story, path=path)
    sees(page, KEPT)
    return number


def tells(page: Page, story: str, *, path: str = "/cerita") -> str:
    page.goto("/")
    page.locator(f'main a[href="{path}"]').click()
    sees(page, "form#cerita")
    turns_to(page, "#story")
    page.locator("#story").fill(story)
    page.locator("#kirim").click()
    return number_on(page)


def opens_number_without_signal(page: Page, number: str) -> None:
    page.goto("/kabar")
    page.locator("input#nomor").fill(number)
    page.locator("main form button.main").click()
    sees(page, 'form[data-letter="look"]')


def meanwhile(look: Callable[[], object]) -> Callable[[], object]:
    """A page that is just being loaded anew cannot be asked: ask again."""

    def ask() -> object:
        with suppress(Error):
            return look()
        return None

    return ask


def waiting(page: Page) -> int:
    """How many letters wait; the own phone's page can tell, whoever copies the slots cannot."""
    return page.evaluate("async () => (await outbox.waiting()).length")


def slots(page: Page) -> list[str]:
    return page.evaluate(_SLOTS)


def stories(site: Site) -> list[str]:
    """What has arrived, opened with the office's key."""
    told = [*site.reports(), *site.additions()]
    return sorted(keyring.unseal(each.label, each.envelope)["story"] for each in told)


def arrives(site: Site, *expected: str) -> None:
    """Exactly these, each once."""
    until(lambda: len(stories(site)) >= len(expected), 30)
    assert stories(site) == sorted(expected)


def becomes_empty(page: Page) -> None:
    assert until(meanwhile(lambda: waiting(page) == 0), 20)
