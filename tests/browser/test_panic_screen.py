"""The exit is always in reach, a curtain falls when nobody can be sure who looks, and a page left alone leaves."""

import pytest

from tests.browser.profile import (
    Traffic,
    a_canary,
    a_phone,
    begins,
    digits_of,
    everything_shown,
    is_in_the_city,
    kept_by,
    leaves,
    opens_number,
    sees,
    sends,
    turns_to,
    until,
    writes,
)

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

SCREENS = {
    "320 px": (320, 568), "360 px": (360, 640), "200 %": (640, 360), "400 %": (320, 256), "keyboard open": (360, 300),
    "wide": (1280, 800),
}  # fmt: skip

# The topmost thing at the middle and near the corners of the exit, and how large the exit is.
EXIT = """
() => {
  const exit = document.getElementById("keluar")
  const { left, top, width, height } = exit.getBoundingClientRect()
  const points = [[0.5, 0.5], [0.02, 0.1], [0.98, 0.1], [0.02, 0.9], [0.98, 0.9]]
  const tops = points.map(([x, y]) => document.elementFromPoint(left + width * x, top + height * y)?.id)
  return { tops: [...new Set(tops)], left, top, right: left + width, height, seen: innerWidth }
}
"""


@pytest.fixture
def phone(site, chromium):
    with a_phone(chromium, site) as page:
        yield page


def is_in_reach(page) -> None:
    exit_ = page.evaluate(EXIT)
    assert exit_["tops"] == ["keluar"]
    assert exit_["height"] >= 48
    assert exit_["top"] >= -0.5
    assert exit_["left"] >= -0.5
    assert exit_["right"] <= exit_["seen"] + 0.5


@pytest.mark.parametrize("screen", SCREENS)
def test_the_exit_is_on_top_whatever_else_is_open(site, chromium, screen):
    width, height = SCREENS[screen]
    with a_phone(chromium, site, viewport={"width": width, "height": height}) as page:
        for path in ("/", "/cerita", "/kabar", "/kontak", "/kota", "/coba", "/tentang-data"):
            page.goto(path)
            is_in_reach(page)
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            is_in_reach(page)
        begins(page, "/cerita/titip")
        writes(page, "x" * 5_001)
        page.locator("#kirim").click()
        sees(page, "#story-salah")
        is_in_reach(page)
        page.evaluate("for (const id of ['diam', 'putus']) document.getElementById(id).hidden = false")
        is_in_reach(page)
        page.evaluate("document.querySelectorAll('[data-state]').forEach((each) => { each.hidden = false })")
        is_in_reach(page)
        page.evaluate("document.documentElement.classList.add('covered')")
        is_in_reach(page)


def test_the_error_summary_without_script_leaves_the_exit_on_top(site, chromium):
    with a_phone(chromium, site, viewport={"width": 320, "height": 256}, java_script_enabled=False) as page:
        page.goto("/cerita")
        page.locator("#kirim").click()
        sees(page, "#periksa")
        is_in_reach(page)


@pytest.mark.parametrize("screen", ["400 %", "keyboard open"])
def test_the_field_she_types_in_is_not_covered_on_a_small_screen(site, chromium, screen):
    width, height = SCREENS[screen]
    with a_phone(chromium, site, viewport={"width": width, "height": height}) as page:
        begins(page)
        turns_to(page, "#village")
        page.locator("#village").click()
        seen = page.evaluate(
            """() => { const { left, top, width, height } = document.activeElement.getBoundingClientRect()
                 return document.elementFromPoint(left + width / 2, top + height / 2)?.id }"""
        )
        assert seen == "village"


@pytest.mark.parametrize("sign", ["blur", "freeze", "visibilitychange", "pagehide"])
def test_a_curtain_falls_at_once_and_one_touch_lifts_it_with_the_text_kept(phone, sign):
    begins(phone)
    writes(phone, "masih di sini")
    covered = phone.evaluate(
        """(sign) => {
          if (sign === "visibilitychange") Object.defineProperty(document, "hidden", { value: true, configurable: true })
          const target = ["blur", "pagehide"].includes(sign) ? window : document
          target.dispatchEvent(new Event(sign))
          return document.documentElement.matches(".covered") || !document.body.childNodes.length
        }""",
        sign,
    )
    assert covered
    if sign == "pagehide":  # a page that is really left is left empty
        return
    assert not phone.locator("main").is_visible()
    phone.locator("#tirai").tap()
    assert phone.locator("#story").is_visible()
    assert phone.locator("#story").input_value() == "masih di sini"


def test_no_curtain_falls_on_a_page_that_tells_nothing(phone):
    phone.goto("/kontak")
    assert not phone.evaluate(
        "(dispatchEvent(new Event('blur')), document.documentElement.matches('.covered'))"
    )


def test_a_half_written_story_is_guarded_behind_other_pages_too(phone):
    begins(phone)
    writes(phone, "setengah")
    phone.locator(".foot a[href='/kontak']").click()
    sees(phone, "main .hotlines")
    assert phone.evaluate("(dispatchEvent(new Event('blur')), document.documentElement.matches('.covered'))")
    phone.locator("#tirai").tap()
    phone.locator("main a[href='/cerita']").click()
    sees(phone, "#story")
    assert phone.locator("#story").input_value() == "setengah"


def test_after_eight_minutes_alone_it_says_so_and_after_ten_it_leaves(site, phone):
    phone.clock.install()
    begins(phone)
    canary = a_canary("diam")
    writes(phone, canary)
    phone.wait_for_timeout(500)  # the last scrolling is a touch as well
    phone.clock.run_for(7 * 60_000 + 50_000)
    assert not phone.locator("#diam").is_visible()
    phone.clock.run_for(20_000)
    assert phone.locator("#diam").is_visible()
    phone.locator("#story").press("x")
    assert not phone.locator("#diam").is_visible()
    phone.wait_for_timeout(500)
    phone.clock.run_for(9 * 60_000 + 30_000)
    assert phone.locator("#diam").is_visible()
    phone.clock.run_for(40_000)
    is_in_the_city(phone)
    assert canary not in everything_shown(phone)
    assert until(lambda: not kept_by(phone), 2), kept_by(phone)


def test_whoever_only_arrives_leaves_no_trace(site, phone):
    traffic = Traffic.of(phone.context)
    headers = []
    phone.on("response", lambda response: headers.append(response.all_headers()))
    phone.goto("/")
    phone.wait_for_timeout(500)
    assert not kept_by(phone)
    assert not [each for each in headers if "set-cookie" in each]
    assert {each.url.startswith(site.url) for each in traffic.requests} == {True}
    assert phone.context.service_workers == []


def test_a_visitor_without_a_session_learns_nothing_from_old_addresses(site, phone):
    begins(phone)
    writes(phone, a_canary("lama"))
    sends(phone)
    opens_number(phone)
    leaves(phone)
    for path in ("/kabar", "/cerita"):
        phone.goto(path)
        assert not phone.locator("output#nomor").is_visible()
    guesses = [
        phone.request.get(path) for path in ("/kantor/laporan", "/kelola", "/laporan/1", "/kabar/" + "8" * 20)
    ]
    assert {each.status for each in guesses} == {404}
    assert len({each.text().replace(each.url.removeprefix(site.url), "") for each in guesses}) == 1


def test_the_number_is_in_no_address_title_referrer_clipboard_or_log(site, chromium, caplog):
    caplog.set_level("DEBUG")
    with a_phone(chromium, site, permissions=["clipboard-read", "clipboard-write"]) as page:
        traffic = Traffic.of(page.context)
        seen = []
        page.on("framenavigated", lambda frame: seen.append(frame.url + frame.page.title()))
        begins(page)
        writes(page, "tolong")
        number = sends(page)
        page.locator("output#nomor").click(click_count=3)
        assert page.evaluate("navigator.clipboard.readText()") == ""
        opens_number(page)
        titles = [page.title(), page.url]
        leaves(page)
        for digits in digits_of(number):
            assert not traffic.holds(digits)
            assert digits not in caplog.text
            assert not any(digits in each for each in seen + titles)


def test_a_link_from_the_receipt_and_back_still_shows_the_number(phone):
    begins(phone)
    writes(phone, "tolong")
    number = sends(phone)
    phone.locator(".foot a[href='/kontak']").click()
    sees(phone, "main .hotlines")
    phone.locator("main a[href='/cerita']").click()
    sees(phone, "output#nomor")
    assert phone.locator("output#nomor").inner_text().replace(" ", "") == number
