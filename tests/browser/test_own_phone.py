"""A phone of one's own: chosen in one touch, works with no signal at all, and loses nothing."""

import pytest

from tests.browser.own import (
    SENT,
    an_own_phone,
    arrives,
    is_mine,
    tells_without_signal,
    waiting,
)
from tests.browser.profile import a_profile, kept_by, number_on, sees, writes

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser


def test_a_phone_is_nobodys_until_she_says_so(site, chromium, tmp_path):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        assert not kept_by(page)
        assert page.locator("#hp-sendiri").is_visible()
        assert not page.locator("#hapus-jejak").is_visible()
        is_mine(page)
        kept = kept_by(page)
        assert kept["databases"] == ["k"]
        assert kept["workers"] == 1
        assert "cookies" not in kept
        assert not page.locator("#hp-sendiri").is_visible()


def test_an_own_phone_can_be_installed(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        sees(page, "#hapus-jejak")
        devtools = page.context.new_cdp_session(page)
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        manifest = devtools.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert manifest["url"].endswith("/manifest.json")


def test_it_opens_from_cold_without_any_signal(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site):
        pass
    with a_profile(chromium, tmp_path / "hp", site, offline=True) as page:
        for path in ("/", "/kota", "/kontak", "/cerita", "/cerita/sederhana", "/cerita/titip", "/kabar"):
            page.goto(path)
            sees(page, "h1")
        assert page.locator("input#nomor").is_visible()


def test_what_is_told_without_signal_arrives_once_when_it_is_back(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        number = tells_without_signal(page, "tanpa sinyal")
        assert waiting(page) == 1
        assert site.reports() == []
        page.context.set_offline(False)
        sees(page, SENT)
        arrives(site, "tanpa sinyal")
        assert waiting(page) == 0
        assert number == number_on(page)


def test_online_it_is_received_at_once(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/cerita")
        writes(page, "dengan sinyal")
        page.locator("#kirim").click()
        sees(page, SENT)
        arrives(site, "dengan sinyal")
