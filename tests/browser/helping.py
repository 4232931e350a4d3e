"""A kader's phone in a test: signed in once where there is a signal, and used for days where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Browser, Page

from pwa import accounts, db, logins, receipts
from tests.browser.profile import Site, a_profile, sees, until
from tests.factories import a_device_of, a_ready_kader, an_account

READY = """async () => {
  const { outbox } = await import([...document.scripts].find(({ src }) => src.endsWith("errands.js")).src).then(() => self)
  return Boolean(navigator.serviceWorker.controller && (await outbox.owner().catch(() => "")))
}"""


def a_kader(site: Site, name: str = "Sri Lestari") -> UUID:
    """She has learned, promised, and has a phone with a PIN."""
    with site.app.app_context():
        account = an_account("kader", name=name)
        a_ready_kader(account.id)
        a_device_of(account.id)
        db.session.remove()
    return account.id


def signs_in(site: Site, page: Page, account_id: UUID) -> None:
    from pwa.devices import Device

    with site.app.app_context():
        device = db.session.query(Device).filter_by(account_id=account_id).first()
        token = logins.start(accounts.find(account_id), device.id)
        db.session.commit()
        db.session.remove()
    page.context.add_cookies([{"name": "m", "value": token, "url": site.url}])


def is_ready(page: Page) -> None:
    """Her list is open, and her phone has everything it needs for the days without signal."""
    page.goto("/kader")
    assert until(lambda: page.evaluate(READY), 20)


@contextmanager
def a_kaders_phone(
    browser: Browser, folder: Path, site: Site, account_id: UUID, *, clock: timedelta = timedelta(), **options
) -> Iterator[Page]:
    """`clock`: how wrong the phone's own is."""
    with a_profile(browser, folder, site, **options) as page:
        if clock:
            page.context.add_init_script(_wrong_clock(clock))
        if not options.get("offline"):
            signs_in(site, page, account_id)
            is_ready(page)
        yield page


def seals(page: Page, *, path: str = "/kader/tetangga", consent: str = "spoken", **told: str) -> str:
    """From an empty form to the number she hands over."""
    page.goto(path)
    sees(page, "form[data-letter]")
    page.locator(f"[name=consent][value={consent}]").check()
    for name, answer in told.items():
        field = page.locator(f"[name={name}]")
        if page.locator(f"[name={name}][type=radio]").count():
            page.locator(f"[name={name}][value={answer}]").check()
        elif page.locator(f"select[name={name}]").count():
            field.select_option(answer)
        else:
            field.fill(answer)
    page.locator("#kirim").click()
    sees(page, "output#nomor")
    return receipts.tidy(page.locator("output#nomor").inner_text())


def how_many_wait(page: Page) -> int:
    """As the page says it."""
    section = page.locator("#menunggu")
    return int(section.locator("[data-how-many]").inner_text()) if section.is_visible() else 0


def _wrong_clock(off: timedelta) -> str:
    """Only pages can be given another clock, so the worker, which keeps the right one here, is not asked to send."""
    return (
        f"{{ const now = Date.now.bind(Date); Date.now = () => now() + {int(off.total_seconds() * 1000)} }}"
        "SyncManager.prototype.register = () => Promise.resolve()"
    )
