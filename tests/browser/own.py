"""A phone of one's own in a test: chosen like a person chooses it, without signal when the test says so."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from pwa import keyring
from tests.browser.profile import Site, a_profile, begins, number_on, sees, turns_to, until

KEPT = "[data-when=kept]:not([hidden])"
SENT = "[data-when=sent]:not([hidden])"

SLOTS = """() => new Promise((resolve, reject) => {
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
        if not (folder / "chosen").exists():
            is_mine(page)
            (folder / "chosen").touch()
        yield page


def tells_without_signal(page: Page, story: str, *, danger: str | None = None) -> str:
    """From the first page to the receipt that says: kept here, not sent yet. The number."""
    page.goto("/")
    page.locator('main a[href="/cerita"]').click()
    sees(page, "form#cerita")
    if danger:
        turns_to(page, "[name=danger]")
        page.locator(f"[name=danger][value={danger}]").check()
    turns_to(page, "#story")
    page.locator("#story").fill(story)
    page.locator("#kirim").click()
    number = number_on(page)
    sees(page, KEPT)
    return number


def waiting(page: Page) -> int:
    """How many letters wait; the page of an own phone can tell, whoever copies the slots cannot."""
    return page.evaluate("async () => (await outbox.waiting()).length")


def slots(page: Page) -> list[str]:
    return page.evaluate(SLOTS)


def stories(site: Site) -> list[str]:
    """What has arrived, opened with the office's key."""
    told = [*site.reports(), *site.additions()]
    return sorted(keyring.unseal(each.label, each.envelope)["story"] for each in told)


def arrives(site: Site, *expected: str) -> None:
    until(lambda: len(stories(site)) >= len(expected), 20)
    assert stories(site) == sorted(expected)


def without_signal(context: BrowserContext) -> None:
    context.set_offline(True)


def killed(folder: Path, into: Path) -> Path:
    """The profile as a flat battery leaves it: copied while the browser still runs."""
    shutil.copytree(folder, into, ignore=shutil.ignore_patterns("Singleton*"))
    return into


__all__ = ["begins"]
