"""How heavy a visit is: what the server sends, and what a real browser fetches the first time."""

import re
from urllib.parse import urlsplit

import brotli
import pytest
import requests

from bench.page import KEPT
from tests.browser.own import is_mine

FIRST_ANSWER = 12_000
WHOLE_VISIT = 30_000
REQUESTS = 6
STYLESHEET = 8_000
NODES = 300
FRAGMENT = 2_000
WHOLE_SHELL = 300_000


def sent(town, path: str) -> requests.Response:
    return requests.get(town.url + path, headers={"Accept-Encoding": "br"}, stream=True, timeout=10)


@pytest.mark.parametrize("language", ["id", "ban"])
@pytest.mark.parametrize("path", ["/", "/cerita", "/cerita/sederhana", "/cerita/titip"])
def test_the_first_answer_fits_the_first_flight(town, path, language):
    answer = requests.get(
        town.url + path, headers={"Accept-Encoding": "br"}, cookies={"b": language}, stream=True, timeout=10
    )
    body = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == "br"
    assert b"<style>" in brotli.decompress(body)
    assert len(body) <= FIRST_ANSWER, f"{path}: {len(body)} bytes"


def test_the_style_is_small(town):
    for path in ("/cerita", "/masuk"):
        style = re.search(r"<style>(.*?)</style>", requests.get(town.url + path, timeout=10).text, re.S)[1]
        pressed = len(brotli.compress(style.encode()))
        assert 500 < pressed <= STYLESHEET, f"{path}: {pressed} bytes"


@pytest.mark.parametrize("path", ["/", "/cerita"])
def test_a_first_visit_is_light(windows, town, path):
    page = windows.open()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    asked, received = [], []
    devtools.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    asked = [url for url in asked if not url.startswith("data:")]
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(town.url).netloc}
    assert 1 <= len(asked) <= REQUESTS, asked
    assert FIRST_ANSWER / 4 < sum(received) <= WHOLE_VISIT, f"{sum(received)} bytes: {asked}"


def test_a_phone_of_ones_own_keeps_little_and_asks_for_nothing_when_it_opens_again(windows):
    page = windows.open()
    is_mine(page)
    kept = page.evaluate(KEPT)
    assert FIRST_ANSWER < kept <= WHOLE_SHELL, f"{kept} bytes"
    answered = []
    page.on("response", lambda answer: answered.append(answer))  # noqa: PLW0108
    page.goto("/cerita", wait_until="load")
    assert answered
    assert not [answer.url for answer in answered if not answer.from_service_worker]


@pytest.mark.parametrize("path", ["/", "/cerita", "/cerita/sederhana"])
def test_an_old_phone_has_little_to_draw(windows, path):
    page = windows.open()
    page.goto(path)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes <= NODES, f"{path}: {nodes} elements"


def test_a_fragment_is_a_fraction_of_its_page(windows, town, staff):
    from tests.browser.people import Hands, Officer, Resident

    Resident(Hands(windows.open(java_script_enabled=False))).tells("untuk ditimbang")
    report = Officer(Hands(windows.open(cookie=staff["penerima"]))).finds_the_newest()
    for path, target in ((f"{report}/jawaban", "jawaban"), (f"{report}/kontak", "upaya")):
        asked = {"cookies": {"m": staff["penerima"]}, "timeout": 10}
        fragment = requests.get(town.url + path, headers={"HX-Request": "true", "HX-Target": target}, **asked)
        whole = requests.get(town.url + path, **asked)
        assert "<html" in whole.text
        assert "<html" not in fragment.text
        assert len(brotli.compress(fragment.content)) <= FRAGMENT, f"{path} {target}"
