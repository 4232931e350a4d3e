"""A visit in two real browsers: asked for, taken, offered, confirmed, moved by her, agreed to; in both languages."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from pwa import clock, i18n, places
from tests.browser.conftest import signed_in
from tests.browser.people import Hands
from tests.browser.visiting import Asker, Counsellor

ADDRESS = "Gang Kenanga 12"
WIDE = {"width": 1280, "height": 800}


@pytest.fixture(autouse=True)
def _real_words(monkeypatch):
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")


@pytest.fixture(scope="module")
def konselor(town) -> str:
    return signed_in(town, "konselor")


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("language", i18n.LANGUAGES, ids=lambda each: each.folder)
def test_a_visit_is_asked_for_offered_confirmed_and_moved(windows, konselor, language, scripts):
    first = clock.today() + timedelta(days=3 + 2 * i18n.LANGUAGES.index(language) + scripts)
    her = Asker(
        Hands(windows.open(language=language.folder, java_script_enabled=scripts)), language, scripts=scripts
    )
    her.asks(ADDRESS)
    counsellor = Counsellor(windows.open(cookie=konselor, viewport=WIDE), i18n.DEFAULT)
    counsellor.takes_the_newest()
    counsellor.offers(first, "09:00")
    her.finds("Staff suggest a time. It is kept for you for a while.")
    her.see(her.day(first))
    her.presses("Yes, this time")
    her.finds("Confirmed")
    her.asks_for(first + timedelta(days=10), "14:00")
    her.finds("You asked for another time. Until staff agree, this one stands.")
    counsellor.agrees()
    her.finds("Confirmed")
    her.see(her.day(first + timedelta(days=10)))
    expect(her.page.locator("main")).not_to_contain_text(ADDRESS)
    expect(her.page.locator("main")).not_to_contain_text("Konselor")
