"""A visit in two real browsers: asked for, taken, offered, confirmed, moved by her, agreed to; in both languages."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from pwa import clock, i18n, places
from tests.browser.conftest import signed_in
from tests.browser.people import Hands, Resident

ADDRESS = "Gang Kenanga 12"
WIDE = {"width": 1280, "height": 800}
LOOKS = 20


@pytest.fixture(autouse=True)
def _real_words(monkeypatch):
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")


@pytest.fixture(scope="module")
def konselor(town) -> str:
    return signed_in(town, "konselor")


class Asker(Resident):
    """Knows the words of the pages in her own language."""

    def __init__(self, hands: Hands, language: i18n.Language, *, scripts: bool) -> None:
        super().__init__(hands)
        self.language, self.scripts, self.kept = language, scripts, ""

    def word(self, english: str) -> str:
        with i18n.speaking(self.language):
            return i18n.gettext(english)

    def asks(self) -> None:
        self.page.goto("/temu")
        self.hands.choose(self.page.locator("[name=meeting][value=home]"))
        if self.page.locator("[data-next]").is_visible():
            self.hands.press(self.page.locator("[data-next]"))
        self.hands.write(self.page.locator("#address"), ADDRESS)
        self.hands.press(self.page.locator("#kirim"))
        self.kept = self.number()

    def looks(self) -> None:
        """A page with JavaScript forgets the number when it is loaded again; without, it stays open for a while."""
        self.page.goto("/kabar")
        if self.scripts or self.page.locator("input#nomor").count():
            self.comes_back_with(self.kept)

    def finds(self, english: str) -> None:
        """Looks again until it is there: the office acts upon a letter within a moment."""
        said = self.page.locator("main").get_by_text(self.word(english)).first
        for _ in range(LOOKS):
            self.looks()
            if said.is_visible():
                break
        expect(said).to_be_visible()

    def presses(self, english: str) -> None:
        self.hands.press(
            self.page.locator("form[action='/kabar/temu'] button", has_text=self.word(english)).first
        )
        self.page.locator("main p.good").first.wait_for()

    def asks_for(self, day: date, hour: str) -> None:
        self.hands.press(self.page.locator("summary", has_text=self.word("Ask for another time")))
        self.page.locator("input[name=day]").fill(day.isoformat())
        self.page.locator("select[name=hour]").select_option(hour)
        self.presses("Ask for this time")


class Counsellor:
    def __init__(self, page: Page) -> None:
        self.page = page

    def takes_the_newest(self) -> None:
        self.page.goto("/konselor/kunjungan")
        self.page.locator("ol.rows a").last.click()
        self.page.get_by_role("button", name="Saya tangani").click()
        expect(self.page.locator("main")).to_contain_text("ditangani Ibu Konselor")

    def offers(self, day: date, start: str) -> None:
        self.page.locator("[name=tawaran-day]").fill(day.isoformat())
        self.page.locator("[name=tawaran-start]").select_option(start)
        self.page.locator("[name=tawaran-counsellor]").select_option(label="Ibu Konselor")
        self.page.locator("#tawaran button.main").click()
        expect(self.page.locator("main")).to_contain_text("Waktu ditawarkan")

    def agrees(self) -> None:
        agree = self.page.get_by_role("button", name="Setuju waktu baru")
        for _ in range(LOOKS):
            self.page.reload()
            if agree.count():
                break
        agree.click()
        expect(self.page.locator("#usul")).not_to_contain_text("Orangnya meminta")


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("language", i18n.LANGUAGES, ids=lambda each: each.folder)
def test_a_visit_is_asked_for_offered_confirmed_and_moved(windows, konselor, language, scripts):
    first = clock.today() + timedelta(days=3 + 2 * i18n.LANGUAGES.index(language) + scripts)
    her = Asker(
        Hands(windows.open(language=language.folder, java_script_enabled=scripts)), language, scripts=scripts
    )
    her.asks()
    counsellor = Counsellor(windows.open(cookie=konselor, viewport=WIDE))
    counsellor.takes_the_newest()
    counsellor.offers(first, "09:00")
    her.finds("Staff suggest a time. It is kept for you for a while.")
    with i18n.speaking(language):
        her.see(i18n.day(first))
    her.presses("Yes, this time")
    her.finds("Confirmed")
    her.asks_for(first + timedelta(days=10), "14:00")
    her.finds("You asked for another time. Until staff agree, this one stands.")
    counsellor.agrees()
    her.finds("Confirmed")
    with i18n.speaking(language):
        her.see(i18n.day(first + timedelta(days=10)))
    expect(her.page.locator("main")).not_to_contain_text(ADDRESS)
    expect(her.page.locator("main")).not_to_contain_text("Konselor")
