"""Every page behind every door, for everybody who may open it: readable for all eyes, in both languages, light and dark,
and on the narrowest phone."""

import pytest

from pwa import i18n, places
from tests.browser.serving import a_site
from tests.browser.test_pages import named, seen_by_axe
from tests.conftest import settings_for
from tests.house import NOBODY, ROLES, House, a_house

LOOKS = {"id": "light", "ban": "dark"}
NARROW = {"width": 320, "height": 640}
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > innerWidth)
    .map((each) => "runs off the side: " + each.outerHTML.slice(0, 120))"""


@pytest.fixture
def house(app_for, data_dir, sqlite_url, monkeypatch) -> House:
    """Served over a real port, so that a browser can walk it."""
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")
    with a_site(app_for, settings_for(data_dir, sqlite_url)) as site:
        house = a_house(site.app)
        house.url = site.url
        yield house


def pages(house: House, role: str) -> list[str]:
    """Where this role finds something to read, and not a file or a way on."""
    found = []
    for door in house.doors("GET"):
        if role in door.may_enter:
            answer = house.goes_through(door, role)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found.append(answer.request.path)
    return found


def cookies(house: House, role: str, language: str) -> list[dict[str, str]]:
    kept = {each.key: each.value for each in house.visitor(role)._cookies.values()}
    return [
        {"name": name, "value": value, "url": house.url}
        for name, value in (kept | {i18n.COOKIE: language}).items()
    ]


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_usable_by_everybody(house, chromium, role, language):
    context = chromium.new_context(base_url=house.url, viewport=NARROW, color_scheme=LOOKS[language])
    context.add_cookies(cookies(house, role, language))
    page, found, complaints, walked = context.new_page(), {}, [], pages(house, role)
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    assert len(walked) > (5 if role == NOBODY else 8)
    for path in walked:
        page.goto(path)
        if page.locator("#tanda").count():  # the calls come in by themselves
            page.locator("#tanda.never").wait_for()
        found[path] = seen_by_axe(page) + page.evaluate(TOO_WIDE) + complaints
        complaints.clear()
    context.close()
    assert not named(found)
