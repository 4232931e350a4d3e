"""One touch and she is gone: from the screen, from behind Back and Forward, from other tabs, for the ear as well."""

import re
from contextlib import suppress
from io import BytesIO

import pytest

from tests.browser.profile import (
    a_canary,
    a_phone,
    begins,
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

with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def phone(site, chromium):
    with a_phone(chromium, site) as page:
        yield page


def hold(page, path: str) -> list:
    """The answer never comes until the test lets it go."""
    held = []
    page.route(path, lambda route: held.append(route))  # noqa: PLW0108
    return held


def colours_of(page) -> set[tuple[int, int, int]]:
    from PIL import Image

    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return {colour for _, colour in picture.getcolors(10**7)}


def stays(page) -> None:
    """The city never comes: the tools that look at a page wait for a navigation, so here it ends in nothing."""
    page.route("**/kota", lambda route: route.fulfill(status=204))


def test_after_a_tenth_of_a_second_not_one_pixel_of_it_is_left(phone):
    begins(phone)
    writes(phone, a_canary("layar"))
    stays(phone)
    assert len(colours_of(phone)) > 10
    phone.locator("#keluar").dispatch_event("click")
    phone.wait_for_timeout(100)
    assert len(colours_of(phone)) == 1
    assert phone.evaluate("document.title") == "Saling Sapa"


FROM_THE_NEXT_WINDOW = """
async () => {
  const her = window.opened
  const began = performance.now()
  her.document.querySelector("#keluar").click()
  const after = [her.document.body.childNodes.length, her.document.title]
  await new Promise((done) => { her.requestAnimationFrame(() => her.requestAnimationFrame(done)) })
  return { after, drawn: performance.now() - began, still: her.location.pathname }
}
"""


def test_however_slow_the_city_is_the_next_picture_is_already_blank(site, phone):
    phone.goto("/robots.txt")
    with phone.expect_popup() as opened:
        phone.evaluate("window.opened = window.open('/cerita')")
    writes(opened.value, a_canary("lambat"))
    site.slow["/kota"] = 3
    seen = phone.evaluate(FROM_THE_NEXT_WINDOW)
    assert seen["after"] == [0, "Saling Sapa"]
    assert seen["still"] == "/cerita"
    assert seen["drawn"] < 300
    is_in_the_city(opened.value)


def test_nothing_is_left_for_a_screen_reader_to_say(phone):
    begins(phone)
    writes(phone, a_canary("suara"))
    stays(phone)
    phone.locator("#keluar").dispatch_event("click")
    phone.wait_for_timeout(100)
    said = [each.get("name", {}).get("value") for each in _spoken(phone)]
    assert set(filter(None, said)) <= {"Saling Sapa"}


def _spoken(page) -> list[dict]:
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in tree if not node.get("ignored")]


def test_the_exit_is_the_first_thing_a_keyboard_or_a_screen_reader_meets(phone):
    for path in ("/", "/cerita", "/kabar", "/kontak"):
        phone.goto(path)
        phone.keyboard.press("Tab")
        assert phone.evaluate("document.activeElement.id") == "keluar"
        names = [
            node.get("name", {}).get("value") for node in _spoken(phone) if node["role"]["value"] == "link"
        ]
        assert names[0] == "Quick exit"


def test_the_exit_stands_in_the_first_two_kilobytes(site, phone):
    for path in ("/", "/cerita", "/cerita/titip", "/kabar", "/kontak", "/maaf/503"):
        body = phone.request.get(path).body()
        assert body.index(b'id="keluar"') < 2048


def test_a_late_answer_brings_back_neither_page_nor_cookie(phone):
    phone.goto("/")
    held = hold(phone, "**/cerita")
    city = hold(phone, "**/kota")
    phone.locator('main a[href="/cerita"]').click()
    assert until(lambda: (phone.wait_for_timeout(20), held)[1], 5)
    phone.locator("#keluar").dispatch_event("click")
    phone.wait_for_timeout(200)
    with_errors_ignored(held[0].continue_)
    phone.wait_for_timeout(500)
    assert until(lambda: (phone.wait_for_timeout(20), city)[1], 5)
    city[0].continue_()
    is_in_the_city(phone)
    assert until(lambda: not kept_by(phone), 2), kept_by(phone)


def with_errors_ignored(act) -> None:
    from playwright.sync_api import Error

    with suppress(Error):  # the browser has already called this request off
        act()


def test_control_this_browser_really_brings_pages_back_out_of_memory(site, lasting_chromium):
    """Without this the Back tests below would prove nothing."""
    with a_phone(lasting_chromium, site) as page:
        page.goto("/kontak")
        page.evaluate("addEventListener('pageshow', (event) => { window.persisted = event.persisted })")
        page.goto("/bahasa")
        page.go_back(wait_until="commit")
        assert until(lambda: page.evaluate("window.persisted"), 3) is True


def test_control_without_the_exit_what_she_typed_is_behind_back(site, lasting_chromium):
    """Our own second layer switched off, a plain page left by a plain link: the text is there again."""
    with a_phone(lasting_chromium, site, java_script_enabled=False) as page:
        canary = a_canary("kendali")
        page.goto("/cerita")
        page.locator("#story").fill(canary)
        page.goto("/kontak")
        page.go_back(wait_until="commit")
        sees(page, "form#cerita")
        assert canary in everything_shown(page)


@with_and_without_script
def test_back_and_forward_five_times_show_nothing_of_it(site, any_chromium, script):
    with a_phone(any_chromium, site, java_script_enabled=script) as page:
        canary = a_canary("mundur")
        page.goto("about:blank")
        begins(page)
        _types_everywhere(page, canary)
        leaves(page)
        page.wait_for_timeout(300)
        _walks_back_and_forward(page, canary, steps=not script)


@with_and_without_script
def test_pages_of_ours_opened_one_by_one_show_nothing_either(site, any_chromium, script):
    """She came by typed addresses and bookmarks, so there are several rows behind Back."""
    with a_phone(any_chromium, site, java_script_enabled=script) as page:
        canary = a_canary("alamat")
        for path in ("/cerita", "/cerita/titip"):
            page.goto(path)
            _types_everywhere(page, canary)
        page.goto("/kabar")
        page.locator("input#nomor").fill(canary)
        leaves(page)
        page.wait_for_timeout(300)
        _walks_back_and_forward(page, canary, steps=True)


@with_and_without_script
def test_after_a_whole_journey_neither_number_nor_answer_is_behind_back(site, any_chromium, script):
    with a_phone(any_chromium, site, java_script_enabled=script) as page:
        begins(page)
        _types_everywhere(page, a_canary("cerita"))
        number = sends(page)
        answer = a_canary("jawab")
        site.answers_everybody(answer)
        opens_number(page)
        sees(page, f".said:text('{answer}')")
        leaves(page)
        page.wait_for_timeout(300)
        grouped = " ".join(number[at : at + 4] for at in range(0, 20, 4))
        for secret in (answer, number, grouped):
            _walks_back_and_forward(page, secret, steps=True)


def _types_everywhere(page, canary: str) -> None:
    for field in ("#village", "#story", "#name"):
        if page.locator(field).count():
            turns_to(page, field)
            page.locator(field).fill(canary)


def _walks_back_and_forward(page, canary: str, *, steps: bool) -> None:
    """`steps`: an empty form may be behind Back where every page is one row; never anything in it."""
    for move in [page.go_back] * 5 + [page.go_forward] * 5:
        move(wait_until="commit")
        page.wait_for_timeout(120)
        shown = everything_shown(page)
        assert canary not in shown
        assert page.title() in ("Saling Sapa", "")
        if not steps:
            continue
        assert not [field for field in _filled(page) if field]


def _filled(page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll('#cerita input:not([type=hidden]), #cerita textarea, input#nomor')]
             .filter((each) => ["radio", "checkbox"].includes(each.type) ? each.checked : each.value)
             .map((each) => each.name)"""
    )


@with_and_without_script
def test_after_the_exit_nothing_of_ours_is_kept(site, chromium, script):
    with a_phone(chromium, site, java_script_enabled=script) as page:
        begins(page)
        writes(page, a_canary("sisa"))
        sends(page)
        opens_number(page)
        assert page.context.cookies()
        leaves(page)
        assert until(lambda: not kept_by(page), 2), kept_by(page)


def test_an_exit_in_one_tab_empties_the_other_within_a_second(site, phone):
    begins(phone)
    canary = a_canary("tab")
    writes(phone, canary)
    other = phone.context.new_page()
    other.goto("/kontak")
    other.locator("#keluar").click()
    phone.wait_for_url("**/kota", wait_until="commit", timeout=1_000)
    assert canary not in everything_shown(phone)
    is_in_the_city(other)
    assert until(lambda: not kept_by(other), 2), kept_by(other)


@pytest.mark.parametrize("gesture", ["escape", "taps"])
@pytest.mark.parametrize("where", ["on the page", "in a field"])
def test_three_times_escape_or_three_taps_on_the_top_leave_within_a_blink(phone, gesture, where):
    begins(phone)
    writes(phone, "apa pun")
    if where == "on the page":
        phone.evaluate("document.activeElement.blur()")
    stays(phone)
    phone.evaluate(TIME_TO_BLANK)
    for _ in range(3):
        if gesture == "escape":
            phone.keyboard.press("Escape")
        else:
            phone.locator(".top").tap(position={"x": 300, "y": 20})
    phone.wait_for_timeout(300)
    assert phone.evaluate("document.body.childNodes.length") == 0
    assert phone.evaluate("window.blankAt - window.lastAt") < 300


TIME_TO_BLANK = """
() => {
  new MutationObserver(() => { window.blankAt ??= performance.now() }).observe(document.body, { childList: true })
  for (const kind of ["keydown", "pointerup"]) addEventListener(kind, () => { window.lastAt = performance.now() }, true)
}
"""


def test_two_taps_two_escapes_typing_and_scrolling_never_leave(phone):
    begins(phone)
    writes(phone, "aku mau CERITA!")
    for _ in range(3):
        phone.keyboard.press("Escape")
        phone.keyboard.press("Escape")
        phone.keyboard.type("Ya ")
        for _ in range(2):
            phone.locator(".top").tap(position={"x": 300, "y": 20})
        phone.mouse.wheel(0, 400)
        phone.locator("#story").dblclick()
        phone.locator("#story").click(click_count=3)
    assert phone.evaluate("sapa.left") is None
    assert phone.locator("#story").is_visible()


def test_a_held_escape_key_is_one_press(phone):
    begins(phone)
    phone.keyboard.down("Escape")
    for _ in range(30):
        phone.keyboard.down("Escape")
    assert phone.evaluate("sapa.left") is None


# Ten minutes of somebody else's fingers, with the clock turned along by hand.
TEN_MINUTES = """
([seed, minutes]) => {
  let state = seed
  const random = (most) => { state = (state * 1103515245 + 12345) % 2147483648; return state % most }
  const real = Date.now
  let now = real()
  Date.now = () => now
  const field = document.querySelector("#story")
  const top = document.querySelector(".top")
  const keys = [..."abcdefghijklmnopqrstuvwxyz .,!?ABC", "Shift", "Backspace", "Enter", "Unidentified", "ArrowLeft"]
  let events = 0
  const send = (target, event) => { target.dispatchEvent(event); events += 1 }
  const key = (name) => send(field, new KeyboardEvent("keydown", { key: name, bubbles: true }))
  const tap = (target) => send(target, new PointerEvent("pointerup", { bubbles: true }))
  for (const end = now + minutes * 60_000; now < end && !sapa.left; now += 40 + random(160)) {
    const what = random(100)
    if (what < 90) key(keys[random(keys.length)])
    else if (what < 93) { for (let times = 1 + random(2); times; times -= 1) key("Escape"); key("x") }
    else if (what < 95) { for (let times = 1 + random(2); times; times -= 1) { tap(top); now += 100 } tap(field) }
    else if (what < 98) tap(field)
    else send(document, new Event("scroll"))
  }
  Date.now = real
  return [events, Boolean(sapa.left)]
}
"""


@pytest.mark.parametrize("seed", range(5))
def test_ten_minutes_of_random_typing_and_touching_never_leave(phone, seed):
    begins(phone)
    turns_to(phone, "#story")
    events, left = phone.evaluate(TEN_MINUTES, [seed, 10])
    assert events > 4_000
    assert not left


def asked_by(page) -> list[tuple[str, str]]:
    asked = []
    page.context.on(
        "request", lambda request: asked.append((request.method, re.sub("^.*//[^/]*", "", request.url)))
    )
    return asked


def test_the_rehearsal_blanks_and_goes_but_writes_nothing(site, phone):
    asked = []
    phone.context.on(
        "request", lambda request: asked.append((request.method, re.sub("^.*//[^/]*", "", request.url)))
    )
    phone.goto("/")
    phone.locator('a[href="/coba"]').click()
    sees(phone, "[data-rehearsal]")
    leaves(phone)
    assert phone.context.cookies() == []
    assert ("POST", "/keluar") not in asked
    assert not kept_by(phone)


def test_the_rehearsal_is_a_plain_link_without_script(site, chromium):
    with a_phone(chromium, site, java_script_enabled=False) as page:
        page.goto("/coba")
        page.locator("#keluar").click()
        is_in_the_city(page)
        assert page.context.cookies() == []


def test_a_rehearsal_over_a_half_written_story_is_a_real_exit(phone):
    asked = asked_by(phone)
    begins(phone)
    writes(phone, a_canary("latihan"))
    phone.locator(".brand").click()
    phone.locator('a[href="/coba"]').click()
    sees(phone, "h1:text('Try the quick exit')")
    leaves(phone)
    assert ("POST", "/keluar") in asked
    assert until(lambda: not kept_by(phone), 2), kept_by(phone)


@with_and_without_script
def test_whoever_has_a_session_already_really_leaves_from_the_rehearsal(site, chromium, script):
    with a_phone(chromium, site, java_script_enabled=script) as page:
        begins(page)
        writes(page, a_canary("latihan"))
        sends(page)
        page.goto("/coba")
        leaves(page)
        assert until(lambda: not kept_by(page), 2), kept_by(page)
