"""Whole journeys in a real browser: told, listed, opened, weighed, answered and read."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Hands, Keys, Officer, Resident

STORY = "Abdi sieun di imah 🌧"
ANSWER = "Hatur nuhun parantos nyarita."


@pytest.mark.parametrize("hands", [Hands, Keys])
def test_a_woman_without_javascript_tells_in_sundanese_and_reads_the_answer(windows, staff, hands):
    resident = Resident(hands(windows.open(language="ban", java_script_enabled=False)))
    number = resident.tells(STORY)
    assert resident.page.locator("html").get_attribute("lang") == "su"
    resident.leaves()

    wide = {"width": 1280, "height": 800}
    officer = Officer(hands(windows.open(cookie=staff["penerima"], java_script_enabled=False, viewport=wide)))
    officer.opens(officer.finds_the_newest())
    officer.see(STORY)
    officer.weighs()
    officer.answers(ANSWER)

    resident.comes_back_with(number)
    resident.see(ANSWER)
    expect(resident.page.locator("main")).not_to_contain_text(STORY)


def test_reload_back_and_a_double_tap_keep_the_number(windows):
    resident = Resident(Hands(windows.open(java_script_enabled=False)))
    number = resident.tells("sekali")
    resident.page.reload()
    assert resident.number() == number
    resident.page.go_back()
    resident.page.go_forward()
    resident.page.goto("/cerita")
    assert resident.number() == number


def test_two_taps_on_send_are_one_report(windows):
    resident = Resident(Hands(windows.open(java_script_enabled=False)))
    resident.page.goto("/cerita")
    resident.page.locator("textarea#story").fill("dua ketuk")
    resident.page.locator("#kirim").dblclick(no_wait_after=True)
    number = resident.number()
    resident.page.goto("/cerita")
    assert resident.number() == number


def test_after_leaving_without_javascript_back_shows_nothing_she_typed(windows):
    resident = Resident(Hands(windows.open(java_script_enabled=False)))
    page = resident.page
    page.goto("/cerita")
    page.locator("textarea#story").fill("rahasia yang diketik")
    page.locator("#keluar").click()
    page.wait_for_url("**/kota")
    for _ in range(3):
        page.go_back(wait_until="commit")
        page.wait_for_load_state()
        if page.url == "about:blank":
            break
        assert "rahasia" not in page.content()
        typed = page.locator("textarea#story")
        assert typed.count() == 0 or typed.input_value() == ""


def test_after_leaving_the_number_is_gone_from_the_screen_behind_back(windows):
    resident = Resident(Hands(windows.open(java_script_enabled=False)))
    number = resident.tells("nomor ini")
    resident.leaves()
    resident.page.go_back(wait_until="commit")
    resident.page.wait_for_load_state()
    shown = resident.page.locator("body").inner_text()
    assert number[:4] + " " + number[4:8] not in shown
    assert resident.page.locator("output#nomor").count() == 0


def test_what_was_refused_is_still_there_with_a_sentence_beside_it(windows):
    page = windows.open(java_script_enabled=False)
    page.goto("/cerita/sederhana")
    page.locator("textarea#story").fill("teks saya")
    page.locator("#age").fill("200")
    page.locator("#kirim").click()
    expect(page.locator("#age-salah")).to_be_visible()
    assert page.locator("textarea#story").input_value() == "teks saya"
    assert page.locator("#age").input_value() == "200"
