"""A new kader's first evening: from the slip of paper to the first sealed report, counted in touches."""

from dataclasses import dataclass

import pyotp
import pytest
from playwright.sync_api import Page, expect

from pwa import lesson
from tests.browser.conftest import signed_in

STORY = "dipukul semalam di dapur"
MOST_TOUCHES = 30


@dataclass
class Finger:
    """Counts what a thumb has to do: each touch, and each field that is written."""

    page: Page
    touches: int = 0
    fields: int = 0

    def touch(self, what: str) -> None:
        self.page.locator(what).first.click()
        self.touches += 1

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"[name={name}][value={value}]").check()
        self.touches += 1

    def write(self, what: str, text: str) -> None:
        self.page.locator(what).first.fill(text)
        self.touches += 1
        self.fields += 1


def a_slip(windows, town, login: str) -> str:
    """The manajer invites; the link is what the picture says."""
    office = windows.open(
        cookie=signed_in(town, "manajer", login=f"bos.{login}"), viewport={"width": 1280, "height": 800}
    )
    office.goto("/kantor/kader/undangan")
    office.locator("[name=name]").fill("Yanti Rahayu")
    office.locator("[name=login]").fill(login)
    office.locator("[name=kelurahan]").select_option(label="Cipare")
    office.locator("[name=rt_rw]").fill("3/2")
    office.locator("main form button").first.click()
    return office.locator("#tautan").inner_text()


@pytest.mark.parametrize(("language", "script"), [("id", True), ("ban", False)])
def test_from_the_slip_to_the_first_sealed_report(windows, town, language, script):
    link = a_slip(windows, town, f"yanti.{language}")
    page = windows.open(language=language, java_script_enabled=script)
    finger = Finger(page)
    page.goto(link)
    secret = page.locator("#rahasia").inner_text().replace(" ", "")
    finger.touch("#rahasia")  # to copy it over to the app that makes digits
    finger.write("[name=code]", pyotp.TOTP(secret).now())
    finger.write("[name=password]", "empat kata yang tenang")
    finger.write("[name=again]", "empat kata yang tenang")
    finger.touch("form.form button")
    for question in lesson.QUESTIONS:
        finger.choose(question.key, question.right)
    finger.touch("main form button")
    page.wait_for_url("**/kader/janji")
    finger.touch("main form button")
    finger.write("#perangkat [name=name]", "HP Yanti")
    finger.write("#perangkat [name=pin]", "258036")
    finger.write("#perangkat [name=again]", "258036")
    finger.touch("#perangkat form.form button")
    finger.touch("main a.button")
    finger.choose("consent", "spoken")
    finger.choose("danger", "no")
    finger.write("[name=saw]", STORY)
    finger.touch("#kirim")
    expect(page.locator("output#nomor")).to_be_visible()
    assert STORY not in page.content()
    assert finger.touches <= MOST_TOUCHES
    page.goto("/kader")
    expect(page.locator("main .row .mark")).to_have_count(1)
    assert STORY not in page.content()
