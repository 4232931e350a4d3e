"""A phone that was put down tells nothing and opens to its holder: passkeys, PIN, and the end of a lost one."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows, signed_in
from tests.served import a_server

PIN = "258036"
WORDS = "belum selesai ditulis"
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event("visibilitychange"))
}"""
TRACES = """async () => {
    localStorage.setItem("x", "1")
    await caches.open("x")
    await new Promise((done) => { indexedDB.open("x").onsuccess = done })
}"""
LEFT = """async () => [localStorage.length, (await caches.keys()).length, (await indexedDB.databases()).length]"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """An office with a name."""
    with a_server(tmp_path_factory.mktemp("named"), host="localhost") as served:
        yield served


@pytest.fixture(scope="module")
def cookies(town) -> dict[str, str]:
    return {role: signed_in(town, role) for role in ("manajer", "kader")}


@pytest.fixture
def windows(chromium, town):
    windows = Windows(chromium, town)
    yield windows
    for context in windows.contexts:
        context.close()
    assert windows.complaints == []


def a_phone_that_makes_keys(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    phone = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": phone})


def enrol(page: Page) -> None:
    page.goto("/akun/perangkat")
    page.locator("#perangkat [name=name]").fill("HP uji")
    page.locator("#perangkat [name=pin]").fill(PIN)
    page.locator("#perangkat [name=again]").fill(PIN)
    page.locator("#perangkat form[action='/akun/perangkat'] button").click()
    page.wait_for_url(lambda url: "/akun/perangkat" not in url)
    page.wait_for_load_state(
        "networkidle"
    )  # every page looks once for calls, and a lock meanwhile answers 401


def unlock(page: Page) -> None:
    page.locator("[name=pin]").fill(PIN)
    page.locator("[data-unlock] button").click()
    page.locator("[name=pin]").wait_for(state="detached")


def writes_at_the_desk(page: Page) -> None:
    page.goto("/kantor/meja")
    page.locator("textarea").first.fill(WORDS)


def is_locked(page: Page) -> None:
    expect(page.locator("[data-unlock] [name=pin]")).to_be_visible()
    assert page.locator("textarea").count() == 0
    assert WORDS not in page.content()
    assert "Sapa" in page.title()


@pytest.mark.parametrize("language", ["id", "ban"])
def test_a_passkey_made_on_the_phone_signs_in_and_opens_the_lock(windows, town, language):
    page = windows.open(cookie=signed_in(town, "konselor", login=f"ratna.{language}"), language=language)
    a_phone_that_makes_keys(page)
    page.goto("/akun/perangkat")
    page.locator("[data-passkey=make] [name=name]").fill("HP uji")
    page.locator("[data-passkey=make] button").click()
    expect(page.locator("#kunci-sandi .row strong")).to_have_text("HP uji")

    page.locator("form[action='/keluar-akun'] button").click()
    page.locator("[data-passkey=use] button").click()
    page.wait_for_url("**/konselor")

    enrol(page)
    page.locator("form[action='/kunci/pasang'] button").click()
    page.locator("[data-passkey=use] button").click()
    page.wait_for_url("**/konselor")


def test_a_phone_without_the_key_is_told_so_and_the_password_stays(windows):
    page = windows.open()
    page.goto("/masuk")
    a_phone_that_makes_keys(page)
    page.locator("[data-passkey=use] button").click()
    expect(page.locator("[data-passkey=use] [data-failed]")).to_be_visible()
    expect(page.locator("input[name=password]")).to_be_visible()


def test_after_fifteen_quiet_minutes_the_text_leaves_the_page_and_the_pin_brings_it_back(windows, town):
    page = windows.open(cookie=signed_in(town, "penerima", login="diam"))
    page.clock.install()
    enrol(page)
    writes_at_the_desk(page)
    page.clock.fast_forward("14:50")
    assert page.locator("textarea").first.input_value() == WORDS
    page.clock.fast_forward("00:20")
    is_locked(page)
    page.locator("[name=pin]").fill("111222")
    page.locator("[data-unlock] button").click()
    expect(page.locator("#pin-salah")).to_contain_text("4")
    unlock(page)
    assert page.locator("textarea").first.input_value() == WORDS
    page.goto("/akun")
    expect(page.locator("h1")).to_be_visible()


def test_a_passkey_brings_the_text_back_too(windows, town):
    page = windows.open(cookie=signed_in(town, "penerima", login="kunci"))
    a_phone_that_makes_keys(page)
    page.goto("/akun/perangkat")
    page.locator("[data-passkey=make] [name=name]").fill("HP uji")
    page.locator("[data-passkey=make] button").click()
    page.locator("#kunci-sandi .row strong").wait_for()
    page.clock.install()
    enrol(page)
    writes_at_the_desk(page)
    page.clock.fast_forward("15:10")
    is_locked(page)
    page.locator("[data-passkey=use] button").click()
    page.locator("[data-passkey=use]").wait_for(state="detached")
    assert page.locator("textarea").first.input_value() == WORDS


def test_five_minutes_out_of_sight_lock_and_four_do_not(windows, town):
    page = windows.open(cookie=signed_in(town, "penerima", login="saku"))
    page.clock.install()
    enrol(page)
    writes_at_the_desk(page)
    page.evaluate(HIDE, True)
    page.clock.fast_forward("04:50")
    page.evaluate(HIDE, False)
    assert page.locator("textarea").first.input_value() == WORDS
    page.evaluate(HIDE, True)
    page.clock.fast_forward("05:10")
    page.evaluate(HIDE, False)
    is_locked(page)
    page.goto("/kantor/laporan")
    assert page.url.endswith("/kunci?ke=/kantor/laporan")


def test_without_a_signal_it_locks_all_the_same(windows, town):
    page = windows.open(cookie=signed_in(town, "penerima", login="tanpa.sinyal"))
    page.clock.install()
    enrol(page)
    writes_at_the_desk(page)
    page.context.set_offline(True)
    page.clock.fast_forward("15:10")
    is_locked(page)
    page.locator("[name=pin]").fill(PIN)
    page.locator("[data-unlock] button").click()
    expect(page.locator("#tanpa-sinyal")).to_be_visible()
    page.context.set_offline(False)
    unlock(page)
    assert page.locator("textarea").first.input_value() == WORDS
    windows.complaints.clear()  # the browser's own words about the missing network


def test_a_lost_phone_forgets_everything_at_its_next_contact(windows, cookies):
    phone = windows.open(cookie=cookies["kader"])
    enrol(phone)
    phone.evaluate(TRACES)
    office = windows.open(cookie=cookies["manajer"], viewport={"width": 1280, "height": 800})
    office.goto("/kantor/perangkat")
    office.locator(".row", has_text="Ibu Kader").locator("button").click()
    phone.goto("/kader")
    phone.locator("input[name=password]").wait_for()
    assert phone.evaluate(LEFT) == [0, 0, 0]
    assert phone.context.cookies() == []


def test_everything_here_can_be_done_by_keyboard(windows, town):
    page = windows.open(cookie=signed_in(town, "penerima", login="papan.ketik"))
    enrol(page)
    page.locator("form[action='/kunci/pasang'] button").press("Enter")
    page.locator("[name=pin]").focus()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kantor/laporan")
