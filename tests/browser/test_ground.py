"""What the browser of somebody who works here keeps: the same public shell as everybody's, and nothing after signing out."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error

from pwa import accounts, db, logins
from pwa.accounts import StaffRole
from tests.browser.own import is_mine, meanwhile, waiting
from tests.browser.profile import a_phone, kept_by, sees, until
from tests.house import a_house

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

KEPT_URLS = """async () => {
  const urls = []
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname)
  return urls
}"""
HAS_THE_WORKER = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)"


@pytest.fixture
def house(site):
    return a_house(site.app)


def signed_in(site, page, account_id) -> None:
    with site.app.app_context():
        token = logins.start(accounts.find(account_id))
        db.session.commit()
        db.session.remove()
    page.context.add_cookies([{"name": "m", "value": token, "url": site.url}])


@pytest.mark.parametrize("role", list(StaffRole))
def test_after_opening_every_page_the_caches_hold_public_pages_only(site, chromium, house, role):
    with a_phone(chromium, site) as page:
        signed_in(site, page, house.people[role.value])
        page.goto("/akun")
        assert until(lambda: page.evaluate(HAS_THE_WORKER), 15)
        opened = 0
        for door in house.doors("GET"):
            if role.value in door.may_enter and door.endpoint not in (
                "attachments.download",
                "account.show_sign_in",
            ):
                opened += _opens(page, door.path)
        assert opened > 10
        urls = page.evaluate(KEPT_URLS)
        assert len(urls) > 10
        assert [url for url in urls if not url.startswith(("/luring/", "/static/"))] == []


def _opens(page, path: str) -> bool:
    with suppress(Error):  # a file is handed over, not shown
        return page.goto(path).ok
    return False


def test_the_pages_of_those_who_work_here_are_kept_only_where_somebody_works(site, chromium, house):
    with a_phone(chromium, site) as page:
        is_mine(page)
        assert not [url for url in page.evaluate(KEPT_URLS) if "/kader/" in url or url.endswith("/kegiatan")]
        signed_in(site, page, house.people["konselor"])
        page.goto("/akun")
        assert until(lambda: "/luring/id/kegiatan" in page.evaluate(KEPT_URLS), 20)
        assert "/luring/id/cerita" in page.evaluate(KEPT_URLS)


def test_signing_out_takes_everything_away(site, chromium, house):
    with a_phone(chromium, site) as page:
        signed_in(site, page, house.people["penerima"])
        page.goto("/akun")
        assert until(lambda: page.evaluate(HAS_THE_WORKER), 15)
        assert {"databases", "caches", "workers", "cookies"} <= set(kept_by(page))
        page.locator('form[action="/keluar-akun"] button').click()
        page.wait_for_url("**/masuk")
        assert until(meanwhile(lambda: set(kept_by(page)) <= {"session"}), 10), kept_by(
            page
        )  # htmx notes "/masuk"


def test_who_signs_out_with_something_unsent_is_warned_and_it_stays_sealed(site, chromium, house):
    with a_phone(chromium, site) as page:
        signed_in(site, page, house.people["kader"])
        page.goto("/akun")
        assert until(lambda: page.evaluate(HAS_THE_WORKER), 15)
        owner = page.locator("body").get_attribute("data-owner")
        page.route("**/kirim", lambda route: route.abort())
        page.evaluate(
            "(owner) => outbox.keep({ id: 'x', lookup: '', owner, bytes: new Uint8Array(9) })", owner
        )
        page.locator('form[action="/keluar-akun"] button').click()
        sees(page, "#belum-terkirim:not([hidden])")
        assert "1" in page.locator("#belum-terkirim").inner_text()
        page.locator('form[action="/keluar-akun"] button').click()
        assert until(meanwhile(lambda: set(kept_by(page)) - {"session"} == {"databases"}), 10)

        signed_in(site, page, house.people["konselor"])
        page.goto("/akun")
        assert until(lambda: page.evaluate("window.outbox && outbox.outcomes.get('x')"), 15) == "another"
        assert waiting(page) == 1


def test_the_session_is_named_only_to_itself(site, chromium, house):
    with a_phone(chromium, site) as page:
        page.goto("/")
        assert page.evaluate("fetch('/sesi').then((answer) => answer.json())") == {}
        signed_in(site, page, house.people["penerima"])
        here = page.evaluate("fetch('/sesi').then((answer) => answer.json())")
        assert set(here) == {"owner", "token"}
        signed_in(site, page, house.people["kader"])
        assert page.evaluate("fetch('/sesi').then((answer) => answer.json())")["owner"] != here["owner"]
