"""Residents under one name and the office under another: one phone may know both, and neither finds the other there."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from pwa import unpacking
from tests.browser.helping import READY, a_kader, is_ready, seals, signs_in
from tests.browser.own import arrives, becomes_empty, is_mine, tells
from tests.browser.profile import Site, a_phone, a_profile, sees, until
from tests.browser.serving import a_site
from tests.conftest import settings_for
from tests.factories import an_account

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

KEPT = """async () => {
  const kept = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
  return kept.flat().map(({ url }) => url)
}"""
OF_RESIDENTS, OF_KADER = "/luring/id/cerita", "/luring/id/kader/tetangga"


@pytest.fixture
def residents(app_for, data_dir, sqlite_url) -> Iterator[Site]:
    """A browser keeps `127.0.0.1` and `localhost` as far apart as any two names, and trusts both with a worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = {"public_url": f"http://127.0.0.1:{port}", "office_url": f"http://localhost:{port}"}
    settings = settings_for(data_dir, sqlite_url, **names)
    with a_site(app_for, settings, port) as site:
        yield site


@pytest.fixture
def office(residents) -> Site:
    return replace(residents, url=residents.settings.office_url)


def kept_of(page: Page) -> set[str]:
    """Whatever this page's host has put aside on the phone, all of it its own."""
    urls = page.evaluate(KEPT)
    assert {urlsplit(url).netloc for url in urls} == {urlsplit(page.url).netloc}
    return {urlsplit(url).path for url in urls}


def cookies_of(context: BrowserContext, site: Site) -> set[str]:
    return {each["name"] for each in context.cookies(site.url)}


def is_not_there(page: Page, url: str) -> None:
    assert page.goto(url).status == 404, url


def test_one_phone_knows_both_hosts_and_each_finds_only_its_own(residents, office, chromium, tmp_path):
    kader = a_kader(office)
    with a_profile(chromium, tmp_path / "hp", residents) as page:
        is_mine(page)
        tells(page, "dari rumah")
        hers = kept_of(page)
        assert OF_RESIDENTS in hers
        assert OF_KADER not in hers

        signs_in(office, page, kader)
        page.goto(f"{office.url}/kader")
        assert until(lambda: page.evaluate(READY), 20)
        carried = kept_of(page)
        assert OF_KADER in carried
        assert OF_RESIDENTS not in carried
        assert cookies_of(page.context, residents).isdisjoint({"m", "d"})
        assert "s" not in cookies_of(page.context, office)

        for path in ("/", "/cerita", "/kabar", "/kota"):
            is_not_there(page, office.url + path)
        for path in ("/masuk", "/kader", "/kader/tetangga", "/konselor/kunjungan", "/kantor/laporan"):
            is_not_there(page, residents.url + path)
        page.goto(f"{residents.url}/cerita")
        assert kept_of(page) == hers, "what a kader keeps came to the other host"


def test_a_kader_helps_without_signal_on_the_offices_host_and_leaves_to_the_city(
    residents, office, chromium, tmp_path
):
    with a_profile(chromium, tmp_path / "hp", office) as page:
        signs_in(office, page, a_kader(office))
        is_ready(page)
        page.context.set_offline(True)
        seals(page, saw="memar")
        page.context.set_offline(False)
        becomes_empty(page)
        page.goto("/kader/tetangga")
        page.locator("#keluar").click()
        page.wait_for_url(f"{residents.url}/kota")
        sees(page, "h1")
        assert until(lambda: "POST /keluar" in office.asked, 5)
        is_not_there(page, f"{office.url}/kader")  # whoever takes the phone from her now
    assert len(residents.reports()) == 1


def test_a_counsellor_works_on_the_offices_host(residents, office, chromium, tmp_path):
    with a_profile(chromium, tmp_path / "hp", office) as page:
        signs_in(office, page, a_kader(office))
        is_ready(page)
        seals(page, path="/kader/temu", meeting="neutral")
        becomes_empty(page)
    with residents.app.app_context():
        unpacking.unpack_arrived()
    with a_phone(chromium, office) as page:
        _comes_in(office, page.context)
        page.goto("/konselor/kunjungan")
        assert page.locator(".row .mark").inner_text() == "From a kader"
        page.locator(".row a").click()
        page.locator("form[action$=penanganan] button").click()
        sees(page, "main a[href$=kontak]")  # how to reach the person opens to whoever took it
    assert until(lambda: residents.visits()[0].counsellor_id, 5)


def _comes_in(office: Site, context: BrowserContext) -> None:
    from pwa import db, logins

    with office.app.app_context():
        token = logins.start(an_account("konselor"))
        db.session.commit()
        db.session.remove()
    context.add_cookies([{"name": "m", "value": token, "url": office.url}])


def test_a_resident_sends_what_waited_from_her_own_host(residents, chromium, tmp_path):
    with a_profile(chromium, tmp_path / "hp", residents) as page:
        is_mine(page)
        page.context.set_offline(True)
        tells(page, "tanpa sinyal")
        page.context.set_offline(False)
        arrives(residents, "tanpa sinyal")
