"""A phone of one's own: chosen in one touch, opens with no signal at all, and forgets in one touch."""

import time

import pytest

from tests.browser.own import (
    SENT,
    SLOTS,
    an_own_phone,
    arrives,
    is_mine,
    opens_number_without_signal,
    slots,
    tells,
    tells_without_signal,
    the_same_phone,
    waiting,
)
from tests.browser.profile import (
    a_phone,
    a_profile,
    everything_shown,
    found_on_disk,
    kept_by,
    sees,
    until,
    writes,
)

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

# Chromium makes its offer when it likes, and then the first page has one more button.
OFFERS_NO_INSTALLING = "addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation())"
KEPT_PAGES = ("/", "/kota", "/kontak", "/cerita", "/cerita/sederhana", "/cerita/titip", "/kabar")


def test_a_phone_is_nobodys_until_she_says_so(site, chromium, tmp_path):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        assert not kept_by(page)
        assert page.locator("#hp-sendiri").is_visible()
        assert not page.locator("#hapus-jejak").is_visible()
        assert page.locator("[rel=manifest]").count() == 0
        is_mine(page)
        kept = kept_by(page)
        assert kept["databases"] == ["k"]
        assert kept["workers"] == 1
        assert "cookies" not in kept
        assert not page.locator("#hp-sendiri").is_visible()
        assert len(slots(page)) == SLOTS


def test_an_own_phone_can_be_installed(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        sees(page, "#hapus-jejak")
        devtools = page.context.new_cdp_session(page)
        assert until(lambda: not devtools.send("Page.getInstallabilityErrors")["installabilityErrors"], 5)
        manifest = devtools.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert manifest["url"].endswith("/manifest.json")


def test_it_opens_from_cold_without_any_signal_and_asks_nobody_first(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site):
        pass
    with the_same_phone(chromium, tmp_path / "hp", site, offline=True) as page:
        for path in KEPT_PAGES:
            page.goto(path)
            sees(page, "h1")
        assert page.locator("input#nomor").is_visible()
    with the_same_phone(chromium, tmp_path / "hp", site) as page:
        del site.asked[:]
        page.goto("/cerita")
        sees(page, "form#cerita")
        assert not [each for each in site.asked if "worker" not in each and each != "GET /manifest.json"], (
            site.asked
        )


def test_another_language_is_spoken_without_signal_and_what_was_typed_stays(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        page.goto("/cerita")
        writes(page, "dua basa")
        page.locator("[name=language][lang=su]").click()
        assert until(lambda: page.locator("html").get_attribute("lang") == "su", 5)
        assert page.locator("#story").input_value() == "dua basa"
        page.goto("/kontak")
        assert page.locator("html").get_attribute("lang") == "su"


def test_leaving_without_signal_is_a_blink_and_keeps_what_waits(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        tells_without_signal(page, "rahasia sekali")
        page.goto("/cerita")
        writes(page, "belum selesai")
        began = time.monotonic()
        page.locator("#keluar").click(no_wait_after=True)
        page.wait_for_url("**/kota", wait_until="commit")
        sees(page, "h1:text('Kota Serang')")
        took = time.monotonic() - began
        assert "belum selesai" not in everything_shown(page)
        assert page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd") < 500, took
        assert kept_by(page)["workers"] == 1
        assert len(slots(page)) == SLOTS
        page.go_back(wait_until="commit")
        assert "belum selesai" not in everything_shown(page)
        page.context.set_offline(False)
        arrives(site, "rahasia sekali")


def test_leaving_with_a_signal_takes_the_cookies_and_leaves_the_worker(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        tells(page, "halo")
        sees(page, SENT)
        page.locator('form[action="/kabar"] button').click()
        sees(page, 'form[action="/kabar/tambah"]')
        before = slots(page)
        page.locator("#keluar").click()
        sees(page, "h1:text('Kota Serang')")
        assert until(lambda: "cookies" not in kept_by(page), 3), kept_by(page)
        assert kept_by(page)["workers"] == 1
        assert slots(page) == before


@pytest.mark.parametrize("offline", [False, True], ids=["signal", "no signal"])
def test_one_touch_erases_every_trace(site, chromium, tmp_path, offline):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/cerita")
        page.context.set_offline(offline)
        page.goto("/")
        del site.asked[:]
        page.locator("#hapus-jejak").click()
        sees(page, "h1:text('Kota Serang')")
        assert until(
            lambda: not {"databases", "caches", "workers", "session", "local"} & set(kept_by(page)), 5
        )
        if not offline:
            assert until(lambda: not kept_by(page), 5), kept_by(page)
            page.wait_for_url("**/kota", wait_until="commit")
            assert "GET /" not in site.asked, "the page she came from was loaded anew"


def test_what_is_unsent_is_named_once_before_it_is_erased(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        tells_without_signal(page, "belum terkirim")
        page.goto("/")
        page.locator("#hapus-jejak").click()
        sees(page, "[data-unsent]:not([hidden])")
        assert "1" in page.locator("[data-unsent] span").inner_text()
        assert waiting(page) == 1
        page.locator("#tetap-hapus").click()
        sees(page, "h1:text('Kota Serang')")
        assert until(lambda: "databases" not in kept_by(page), 5)
        page.context.set_offline(False)
        page.goto("/")
        assert page.locator("#hp-sendiri").is_visible()
        assert site.reports() == []


def test_the_number_opens_what_waits_here_and_says_that_answers_need_a_signal(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        number = tells_without_signal(page, "nanti")
        other = tells_without_signal(page, "yang lain")
        opens_number_without_signal(page, number)
        sees(page, "#menunggu:not([hidden])")
        assert until(lambda: page.locator("#menunggu li").count() == 1, 5)
        page.locator("#story").fill("ada lagi")
        page.locator("#kirim").click()
        sees(page, "[data-state=kept]:not([hidden])")
        assert until(lambda: page.locator("#menunggu li").count() == 2, 5)
        assert "nanti" not in everything_shown(page)
        page.locator("#menunggu li [data-take-back]").last.click()
        assert until(lambda: page.locator("#menunggu li").count() == 1, 5)
        opens_number_without_signal(page, other)
        assert until(lambda: page.locator("#menunggu li").count() == 1, 5)
        page.context.set_offline(False)
        arrives(site, "nanti", "yang lain")


def test_nothing_about_what_waits_is_shown_anywhere_else(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script(OFFERS_NO_INSTALLING)
        page.context.set_offline(True)
        page.goto("/")
        shown = {path: _shown(page, path) for path in KEPT_PAGES}
        tells_without_signal(page, "diam")
        assert {path: _shown(page, path) for path in KEPT_PAGES} == shown
        assert page.title() == "Saling Sapa"


def _shown(page, path: str) -> str:
    page.goto(path)
    sees(page, "h1")
    return page.locator("body").inner_text()


def test_the_phone_cannot_open_what_it_keeps_and_a_copy_cannot_count_it(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "baru", site) as page:
        fresh = slots(page)
    story = "kenari dalam kotak 8841"
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        number = tells_without_signal(page, story)
        full = slots(page)
        letter = page.evaluate("async () => [...(await outbox.waiting())[0].bytes]")
        key = page.evaluate("""() => new Promise((resolve) => { indexedDB.open("k").onsuccess = ({ target }) => {
            target.result.transaction("facts").objectStore("facts").get("key").onsuccess = (got) => {
              target.result.close()
              crypto.subtle.exportKey("raw", got.target.result).then(() => resolve("open"), () => resolve("shut")) } } })""")
    assert [len(each) for each in full] == [len(each) for each in fresh]
    assert len(set(full)) == SLOTS
    assert key == "shut"
    assert story.encode() not in bytes(letter)
    assert not found_on_disk(tmp_path / "hp", story, number)


@pytest.mark.parametrize(
    "broken", ["indexedDB.open = () => { throw new Error('no') }", "delete window.indexedDB"]
)
def test_a_browser_that_keeps_nothing_stays_a_guest_and_still_tells(site, chromium, broken):
    with a_phone(chromium, site) as page:
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(broken)
        page.goto("/")
        page.locator("#hp-sendiri").click()
        sees(page, "[data-choice=failed]:not([hidden])")
        assert page.locator("#hp-sendiri").is_visible()
        tells(page, "tetap sampai")
        arrives(site, "tetap sampai")
        assert errors == []


def test_a_phone_without_room_stays_a_guest_and_nothing_is_left_half_done(site, chromium, tmp_path):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        _quota(page, site, 10_000)
        page.locator("#hp-sendiri").click()
        sees(page, "[data-choice=failed]:not([hidden])")
        assert until(lambda: not kept_by(page), 3), kept_by(page)
        tells(page, "tetap sampai")
        arrives(site, "tetap sampai")


def test_when_the_phone_can_keep_no_more_it_says_so_loudly_and_the_text_stays(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/cerita")
        page.context.set_offline(True)
        page.evaluate("() => { indexedDB.open = () => { throw new Error('disk full') } }")
        writes(page, "jangan hilang")
        page.locator("#kirim").click()
        sees(page, "[data-not-kept]:not([hidden]) a[href='tel:112']")
        sees(page, "[data-state=waiting]:not([hidden])")
        assert page.locator("#story").input_value() == "jangan hilang"
        page.context.set_offline(False)
        arrives(site, "jangan hilang")
        assert errors == []


def test_a_private_window_is_an_own_phone_for_as_long_as_it_is_open(site, chromium):
    with a_phone(chromium, site) as page:
        is_mine(page)
        page.context.set_offline(True)
        tells_without_signal(page, "jendela pribadi")
        page.context.set_offline(False)
        arrives(site, "jendela pribadi")


def _quota(page, site, size: int) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": size})
