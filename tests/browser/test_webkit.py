"""Every guest's journey on the engine of iPhones; nearly one visit in five comes from one."""

import pytest

from pwa import receipts
from tests.browser.own import stories
from tests.browser.profile import until
from tests.browser.webkit import IS_HERE, a_webkit

pytest_plugins = ["tests.browser.phones"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.prove,
    pytest.mark.skipif(
        not IS_HERE, reason="WebKit is not installed here: apt-get install webkit2gtk-driver xvfb"
    ),
]


@pytest.fixture
def iphone(site):
    with a_webkit(site.url) as window:
        yield window


def tells(iphone, story: str) -> str:
    iphone.goes("/")
    iphone.touches('main a[href="/cerita"]')
    iphone.sees("form#cerita.stepped")
    iphone.writes("#story", story)
    iphone.touches("#kirim")
    iphone.sees("output#nomor")
    return receipts.tidy(iphone.says("output#nomor"))


def test_a_story_is_told_answered_and_left_behind(site, iphone):
    number = tells(iphone, "dari iphone")
    assert until(lambda: stories(site) == ["dari iphone"], 30)
    site.answers_everybody("Besok jam dua.")
    iphone.goes("/kabar")
    iphone.writes("input#nomor", receipts.grouped(number))
    iphone.touches("main form button.main")
    iphone.sees(".said")
    assert iphone.says(".said") == "Besok jam dua."
    iphone.writes("#story", "ada lagi")
    iphone.touches("#kirim")
    iphone.sees('[data-state="added"]')
    assert until(lambda: stories(site) == ["ada lagi", "dari iphone"], 30)
    iphone.touches("#keluar")
    iphone.until("return location.pathname === '/kota'", "the city")
    iphone.back()
    iphone.sees("h1")
    assert "Besok" not in iphone.says("body")


def test_a_phone_of_ones_own_keeps_its_slots_here_too(site, iphone):
    iphone.goes("/")
    iphone.touches("#hp-sendiri")
    iphone.sees("#hapus-jejak")
    tells(iphone, "hp sendiri")
    assert until(lambda: stories(site) == ["hp sendiri"], 30)
    iphone.sees("[data-when=sent]")
    iphone.goes("/")
    iphone.touches("#hapus-jejak")
    iphone.until("return document.querySelector('h1').textContent === 'Kota Serang'", "the city")
