"""The two sides of a visit in their own verbs: whoever asks for it, and the counsellor who comes."""

from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Page, expect

from pwa import i18n
from tests.browser.people import Hands, Resident
from tests.browser.profile import until

LOOKS = 20


@dataclass
class Speaker:
    """Knows the words of the pages in one language."""

    language: i18n.Language

    def word(self, english: str, **values: object) -> str:
        with i18n.speaking(self.language):
            return i18n.gettext(english) % values if values else i18n.gettext(english)

    def day(self, day: date) -> str:
        with i18n.speaking(self.language):
            return i18n.day(day)


class Asker(Resident, Speaker):
    def __init__(self, hands: Hands, language: i18n.Language, *, scripts: bool = True) -> None:
        super().__init__(hands)
        self.language, self.scripts, self.kept = language, scripts, ""

    def asks(self, address: str) -> None:
        self.page.goto("/temu")
        self.hands.choose(self.page.locator("[name=meeting][value=home]"))
        if self.page.locator("[data-next]").is_visible():
            self.hands.press(self.page.locator("[data-next]"))
        self.hands.write(self.page.locator("#address"), address)
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


class Counsellor(Speaker):
    def __init__(self, page: Page, language: i18n.Language, name: str = "Ibu Konselor") -> None:
        super().__init__(language)
        self.page, self.name = page, name

    def presses(self, english: str) -> None:
        self.page.get_by_role("button", name=self.word(english), exact=True).click()

    def sees(self, english: str, **values: object) -> None:
        expect(self.page.locator("main")).to_contain_text(self.word(english, **values))

    def takes_the_newest(self) -> None:
        self.page.goto("/konselor/kunjungan")
        self.page.locator("ol.rows a").last.click()
        self.presses("I take care of it")
        self.sees("taken up by %(name)s", name=self.name)

    def offers(self, day: date, start: str) -> None:
        self.page.locator("[name=tawaran-day]").fill(day.isoformat())
        self.page.locator("[name=tawaran-start]").select_option(start)
        self.page.locator("[name=tawaran-counsellor]").select_option(label=self.name)
        self.page.locator("#tawaran button.main").click()
        self.sees("Time offered")

    def agrees(self) -> None:
        agree = self.page.get_by_role("button", name=self.word("Agree to the new time"))
        for _ in range(LOOKS):
            self.page.reload()
            if agree.count():
                break
        agree.click()
        expect(self.page.locator("#usul")).not_to_contain_text(self.word("Agree to the new time"))

    def sets_out(self) -> None:
        """From where her day begins to the page of the trip, which is planned within a moment."""
        trip = self.page.locator("main ul.rows a")
        for _ in range(LOOKS):
            self.page.goto("/konselor")
            self.page.locator("main a[href='/konselor/perjalanan']").click()
            self.page.wait_for_url("**/konselor/perjalanan")
            if trip.count():
                break
        trip.first.click()
        self.page.locator("#kegiatan").wait_for()

    def signals(self, kind: str) -> None:
        """The button in her hand, until the page says that it was taken."""
        signs = self.page.locator(".history li")
        before = signs.count()
        self.page.locator(f"button[name=kind][value={kind}]").click()
        assert until(lambda: signs.count() == before + 1, 10), f"{kind} was not taken"

    def writes_how_it_ended(self, *, notes: str, reason: str) -> None:
        """From the page of the trip, when she is home."""
        self.page.locator("#hasil a").click()
        self.page.locator("[name=lanjutan-notes]").fill(notes)
        self.page.locator("[name=lanjutan-next]").select_option("none")
        self.page.locator("[name=lanjutan-words]").fill(reason)
        self.page.locator("#lanjutan form button.main").click()
        self.sees("Nothing more")
