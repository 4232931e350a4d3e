"""What people do in a real browser, in their own verbs; by mouse or by keyboard, with JavaScript or without."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from pwa import receipts

MOST_TABS = 120


@dataclass
class Hands:
    """By mouse."""

    page: Page

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, what: Locator, text: str) -> None:
        what.fill(text)

    def choose(self, what: Locator) -> None:
        what.check()


class Keys(Hands):
    """By keyboard only: what cannot be reached with Tab cannot be used."""

    def press(self, what: Locator) -> None:
        self._reach(what)
        self.page.keyboard.press("Enter")

    def write(self, what: Locator, text: str) -> None:
        self._reach(what)
        self.page.keyboard.type(text)

    def choose(self, what: Locator) -> None:
        """A group of radio buttons is one stop; arrows walk inside it."""
        self._reach(what, walk="ArrowDown")
        self.page.keyboard.press("Space")

    def _reach(self, what: Locator, walk: str | None = None) -> None:
        for _ in range(MOST_TABS):
            if what.evaluate("each => each === document.activeElement"):
                return
            beside = walk and what.evaluate(
                "each => document.activeElement.name === each.name && document.activeElement.type === 'radio'"
            )
            self.page.keyboard.press(walk if beside else "Tab")
        raise AssertionError(f"the keyboard never reaches {what}")


@dataclass
class Person:
    hands: Hands

    @property
    def page(self) -> Page:
        return self.hands.page

    def see(self, text: str) -> None:
        self.page.locator("main").get_by_text(text).first.wait_for()


class Resident(Person):
    def tells(self, story: str, path: str = "/cerita") -> str:
        self.page.goto(path)
        self.hands.choose(self.page.locator("[name=danger][value=no]"))
        self.hands.write(self.page.locator("textarea#story"), story)
        self.hands.press(self.page.locator("#kirim"))
        return self.number()

    def number(self) -> str:
        return receipts.tidy(self.page.locator("output#nomor").inner_text())

    def comes_back_with(self, number: str) -> None:
        self.page.goto("/kabar")
        self.hands.write(self.page.locator("input#nomor"), receipts.grouped(number))
        self.hands.press(self.page.locator("main form button.main"))
        self.page.locator("input#nomor").wait_for(state="detached")

    def leaves(self) -> None:
        self.hands.press(self.page.locator("#keluar"))
        self.page.wait_for_url("**/kota")


class Officer(Person):
    def finds_the_newest(self) -> str:
        """Where the newest open report is; the list shows only labels."""
        self.page.goto("/kantor/laporan?saring=baru")
        return self.page.locator("#daftar a[href^='/kantor/laporan/']").last.get_attribute("href")

    def opens(self, path: str) -> None:
        self.page.goto(path)

    def turns_to(self, part: str) -> None:
        self.hands.press(self.page.locator(f"nav.tabs a[href$='/{part}']"))
        self.page.wait_for_url(f"**/{part}")

    def weighs(self, level: str = "tinggi") -> None:
        self.turns_to("triase")
        self.page.locator("[name=triase-level]").select_option(level)
        self.hands.press(self.page.locator("#triase form button.main"))
        self.page.wait_for_load_state()

    def answers(self, text: str) -> None:
        self.turns_to("jawaban")
        self.hands.write(self.page.locator("[name=jawaban-text]"), text)
        self.hands.press(self.page.locator("#jawaban form button").last)
        self.see(text)
