"""Every page, as people with other eyes, hands and phones meet it: readable, reachable and quiet."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.people import Hands, Resident

RESIDENT_PAGES = (
    "/", "/cerita", "/cerita/sederhana", "/cerita/titip", "/kabar", "/kontak", "/kota", "/tentang-data", "/bahasa",
    "/tidak-ada",
)  # fmt: skip
LANGUAGES = ("id", "ban")
NARROW = {"width": 320, "height": 640}
ZOOMED = {"400 %": {"width": 320, "height": 256}, "200 %": {"width": 640, "height": 512}, "narrow": NARROW}
TOUCHED = "main .button, main button, main summary, .exit, .languages button, a.call, main .ask label"


def seen_by_axe(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def named(found: dict[str, list[str]]) -> str:
    """What is wrong on which pages, each thing once."""
    where: dict[str, list[str]] = {}
    for page, problems in found.items():
        for problem in problems:
            where.setdefault(problem, []).append(page)
    return "\n".join(f"{problem} ({', '.join(pages)})" for problem, pages in where.items())


def allow_trouble(windows, *parts: str) -> None:
    """A page that is asked for and not there is said in the console by the browser itself."""
    windows.complaints[:] = [each for each in windows.complaints if not any(part in each for part in parts)]


def test_a_page_that_breaks_its_own_rules_is_heard(windows):
    page = windows.open()
    page.goto("/")
    with page.expect_console_message(lambda said: said.text.startswith("CSP ")):
        page.evaluate(
            "document.body.append(Object.assign(new Image(), { src: 'https://elsewhere.invalid' }))"
        )
    assert any("CSP img-src" in each for each in windows.complaints)
    windows.complaints.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_residents_is_usable_by_everybody(windows, language):
    page, found = windows.open(language=language), {}
    for path in RESIDENT_PAGES:
        page.goto(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found[f"{path} {scheme}"] = seen_by_axe(page)
    allow_trouble(windows, "404")
    assert not named(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_form_answers_is_usable_by_everybody(windows, language):
    """The pages that exist only after something was typed: errors, the receipt, the news, a new number."""
    page, found = windows.open(language=language, java_script_enabled=False), {}
    eyes = windows.open(language=language)  # axe itself needs JavaScript
    resident = Resident(Hands(page))

    def look(what: str) -> None:
        eyes.context.add_cookies(page.context.cookies())
        eyes.goto(page.url)
        for scheme in ("light", "dark"):
            eyes.emulate_media(color_scheme=scheme)
            found[f"{what} {scheme}"] = seen_by_axe(eyes)

    page.goto("/cerita")
    page.locator("#kirim").click()
    look("nothing filled in")
    page.goto("/kabar")
    page.locator("input#nomor").fill("123")
    page.locator("main form button.main").click()
    look("mistyped")
    number = resident.tells("untuk dilihat")
    look("receipt")
    resident.comes_back_with(number)
    look("news")
    page.locator("form[action='/kabar/nomor'] button").click()
    page.locator("output#nomor").wait_for()
    look("new number")
    assert not named(found)


@pytest.mark.parametrize("path", ["/masuk", "/masuk?gagal=1", "/undangan/tidak-ada"])
def test_the_doors_of_the_office_are_usable_by_everybody(windows, path):
    page, found = windows.open(), {}
    page.goto(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found[scheme] = seen_by_axe(page)
    allow_trouble(windows, "404")
    assert not named(found)


@pytest.mark.parametrize("size", ZOOMED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_off_the_side_and_the_exit_is_always_on_top(windows, language, size):
    page, wrong = windows.open(language=language, viewport=ZOOMED[size]), []
    for path in RESIDENT_PAGES:
        page.goto(path)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path} is wider than the screen")
        if not page.evaluate(_EXIT_ON_TOP):
            wrong.append(f"{path} covers the exit")
    allow_trouble(windows, "404")
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_to_touch_is_large_enough_for_a_shaking_thumb(windows, language):
    page, small = windows.open(language=language), []
    for path in RESIDENT_PAGES:
        page.goto(path)
        for box in page.evaluate(_SIZES, TOUCHED):
            if box["width"] and (box["height"] < 48 or box["width"] < 44):
                small.append(f"{path} {box}")
    allow_trouble(windows, "404")
    assert small == []


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_the_exit_is_the_first_thing_in_the_page_and_the_second_that_tab_finds(windows, town, scripted):
    import requests

    page = windows.open(java_script_enabled=scripted)
    for path in ("/", "/cerita", "/kabar"):
        text = requests.get(town.url + path, timeout=10).content
        assert 0 < text.find(b'id="keluar"') < 2_048, path
        page.goto(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "keluar", path


_EXIT_ON_TOP = """() => {
    const box = document.getElementById("keluar").getBoundingClientRect()
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
    return box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth && at?.id === "keluar"
}"""
_SIZES = """(what) => [...document.querySelectorAll(what)].map((each) => {
    const box = each.getBoundingClientRect()
    return { what: each.outerHTML.slice(0, 90), width: Math.round(box.width), height: Math.round(box.height) }
})"""
