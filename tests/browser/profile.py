"""Real browsers with real profile folders: what a touch leaves on the screen, in the history and on the disk.

Playwright switches the back/forward cache off, and then every Back test passes falsely; here it is on unless asked.
"""

import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request
from sqlalchemy import select

from pwa import answers, db, receipts, unpacking
from pwa.answers import Sort
from pwa.receipts import Receipt
from pwa.reports import Addition, Report
from pwa.settings import Settings
from pwa.visits import Visit
from tests.factories import an_account

CHROMIUM = "/usr/bin/chromium"
FIREFOX = "/usr/bin/firefox-esr"
_ENDS_A_CHAIN = 0x20000000  # Chromium's PAGE_TRANSITION_CHAIN_END
ARGS = ["--no-sandbox", "--disable-dev-shm-usage"]
NO_PAGES_IN_MEMORY = "--disable-back-forward-cache"
PHONE = {"width": 360, "height": 640}
_canaries = count(1)


@dataclass
class Site:
    """The whole office on a port of its own, with its database at hand."""

    url: str
    settings: Settings
    app: object
    slow: dict[str, float]  # seconds by path: a weak signal
    asked: list[str]  # every request that arrived, whoever sent it: "POST /kirim"
    signal: threading.Event  # cleared: nobody answers, neither pages nor workers

    @contextmanager
    def without_signal(self) -> Iterator[None]:
        """Playwright's "offline" does not reach a worker that starts anew; this does."""
        self.signal.clear()
        assert until(lambda: not self._answers(), 10)
        yield
        self.signal.set()
        assert until(self._answers, 10)

    def _answers(self) -> bool:
        with closing(socket.socket()) as line:
            return line.connect_ex(("127.0.0.1", urlsplit(self.url).port)) == 0

    def reports(self) -> list[Report]:
        return self._all_of(Report)

    def additions(self) -> list[Addition]:
        return self._all_of(Addition)

    def visits(self) -> list[Visit]:
        return self._all_of(Visit)

    def _all_of(self, model: type) -> list:
        """Without holding the database: an SQLite with a reader who lingers takes no report."""
        with db.reading():
            rows = list(db.session.scalars(select(model).order_by(model.received_at)))
        db.session.expunge_all()
        db.session.remove()
        return rows

    def answers_everybody(self, text: str) -> None:
        unpacking.unpack_arrived()
        officer = an_account()
        for receipt in db.session.scalars(select(Receipt)):
            answers.answer(receipt, text, sort=Sort.REPLY, by=officer.id)
        db.session.commit()
        db.session.remove()


@contextmanager
def a_phone(browser: Browser, site: Site, **options) -> Iterator[Page]:
    context = browser.new_context(**_as_a_phone(site, options))
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@contextmanager
def a_profile(
    browser: Browser, folder: Path, site: Site, *, bfcache: bool = True, **options
) -> Iterator[Page]:
    """A browser whose folder on the disk stays behind when it is closed."""
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=ARGS,
        ignore_default_args=[NO_PAGES_IN_MEMORY] if bfcache else None, **_as_a_phone(site, options),
    )  # fmt: skip
    page = context.pages[0]
    page.set_default_timeout(10_000)
    yield page
    time.sleep(1)  # a browser writes down its tabs a moment later
    context.close()


def _as_a_phone(site: Site, options: dict) -> dict:
    return {"base_url": site.url, "viewport": PHONE, "has_touch": True, "locale": "id-ID", **options}


def a_canary(name: str) -> str:
    """A word that stands nowhere else in the world."""
    return f"kenari{name}{next(_canaries)}x{time.time_ns() % 10**9}"


def found_on_disk(folder: Path, *words: str) -> list[str]:
    """Every file of the profile in which one of the words stands, in either way browsers write text."""
    wanted = [(word, word.encode(code)) for word in words for code in ("utf-8", "utf-16-le")]
    return [
        f"{word} in {path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
        for content in [path.read_bytes()]
        for word, bytes_ in wanted
        if bytes_ in content
    ]


def history_of(folder: Path, site: Site) -> list[tuple[str, str]]:
    """Path and title of every row the browser keeps about us."""
    with sqlite3.connect(f"file:{folder}/Default/History?mode=ro", uri=True) as rows:
        found = rows.execute("SELECT url, title FROM urls WHERE url LIKE ?", (f"{site.url}%",)).fetchall()
    rows.close()
    return [(url.removeprefix(site.url), title) for url, title in found]


def history_shown(folder: Path, site: Site) -> list[tuple[str, str]]:
    """Path and title of what its own page of history lists: where one page replaced another, only the last of them."""
    with sqlite3.connect(f"file:{folder}/Default/History?mode=ro", uri=True) as rows:
        query = "SELECT urls.url, title, transition FROM visits JOIN urls ON urls.id = visits.url WHERE urls.url LIKE ?"
        found = rows.execute(query, (f"{site.url}%",)).fetchall()
    rows.close()
    return [
        (url.removeprefix(site.url), title) for url, title, transition in found if transition & _ENDS_A_CHAIN
    ]


@dataclass
class Traffic:
    """Everything a browser asked for, with its bodies."""

    requests: list[Request] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext) -> "Traffic":
        traffic = cls()
        context.on("request", lambda request: traffic.requests.append(request))  # noqa: PLW0108
        return traffic

    def holds(self, word: str) -> list[str]:
        """Which requests carry the word in address, headers or body."""
        return [
            f"{each.method} {each.url}"
            for each in self.requests
            if word.encode() in (each.post_data_buffer or b"")
            or word in each.url
            or word in str(each.headers)
        ]

    def to(self, path: str) -> list[Request]:
        return [each for each in self.requests if each.url.endswith(path)]


# What she does, one touch at a time.


def begins(page: Page, path: str = "/cerita") -> None:
    page.goto("/")
    page.locator(f'main a[href="{path}"]').click()
    sees(page, "form#cerita")


def turns_to(page: Page, field: str) -> None:
    """Leaf through the questions until this one is shown; a page without script shows all of them."""
    page.wait_for_load_state("domcontentloaded")  # until then a page with a script shows all of them, too
    for _ in range(12):
        if page.locator(field).is_visible():
            return
        if page.locator(f"details:has({field}):not([open]) > summary").is_visible():
            page.locator(f"details:has({field}) > summary").click()
        else:
            page.locator("[data-next]").click()
    raise AssertionError(f"{field} is on no step")


def writes(page: Page, text: str, field: str = "#story") -> None:
    turns_to(page, field)
    page.locator(field).click()
    page.keyboard.insert_text(text)


def sends(page: Page) -> str:
    """The number she is given."""
    page.locator("#kirim").click()
    return number_on(page)


def number_on(page: Page) -> str:
    sees(page, "output#nomor")
    return receipts.tidy(page.locator("output#nomor").inner_text())


def opens_number(page: Page) -> None:
    """From the receipt on the screen."""
    page.locator('form[action="/kabar"] button').click()
    sees(page, 'form[action="/kabar/tambah"]')


def adds(page: Page, text: str) -> None:
    page.locator("#story").fill(text)
    page.locator("#kirim").click()
    sees(page, ".good:not([hidden])")


def changes_number(page: Page) -> str:
    page.locator('form[action="/kabar/nomor"] button').click()
    return number_on(page)


def leaves(page: Page) -> None:
    page.locator("#keluar").click()
    is_in_the_city(page)


def is_in_the_city(page: Page) -> None:
    page.wait_for_url("**/kota", wait_until="commit")
    sees(page, "h1:text('Kota Serang')")


def sees(page: Page, selector: str) -> None:
    """Playwright's own waiting needs the page's scripts, and some pages here have none."""
    assert until(page.locator(selector).first.is_visible, 10), f"{selector} on {page.url}"


def everything_shown(page: Page) -> str:
    """What could be read on this page, in text or in fields, by anybody who looks."""
    return page.evaluate(
        "() => [location.href, document.title, document.documentElement.outerHTML,"
        " ...[...document.querySelectorAll('input, textarea, select')].map((field) => field.value)].join('\\n')"
    )


_KEPT = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((each) => each.name), caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def kept_by(page: Page) -> dict[str, object]:
    """All that a site can leave in a browser; empty when there is nothing."""
    while True:
        try:
            kept = page.evaluate(_KEPT)
            break
        except Error:
            page.wait_for_load_state()  # it went on to the next page under our eyes
    kept["cookies"] = [each["name"] for each in page.context.cookies()]
    return {name: value for name, value in kept.items() if value}


def until(holds: Callable[[], object], within: float) -> object:
    """Waits for it; the page's own security forbids Playwright to wait inside the page."""
    end = time.monotonic() + within
    while not (value := holds()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def digits_of(number: str) -> tuple[str, ...]:
    """The number in every shape in which it is ever shown."""
    return (
        number,
        receipts.grouped(number),
        receipts.as_order_number(number),
        re.sub(" ", "\xa0", receipts.grouped(number)),
    )
