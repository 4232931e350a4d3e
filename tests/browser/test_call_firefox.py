"""The whole way, with nothing pretended but the push service: said yes in Firefox, called, shown, and known to be shown."""

from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from pwa.webpush import Service
from tests.autopush import an_autopush
from tests.browser.conftest import signed_in
from tests.browser.own import is_mine
from tests.browser.profile import FIREFOX, PHONE, a_phone, sees, until
from tests.browser.test_bell import NOON, Her, kept
from tests.browser.test_call import LINES
from tests.served import a_server

pytestmark = [
    pytest.mark.firefox,
    pytest.mark.prove,
    pytest.mark.skipif(
        not Path(FIREFOX).exists(), reason="Firefox ESR is not installed here: apt-get install firefox-esr"
    ),
]
pytest_plugins = ["tests.browser.phones"]
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((each) => [each.title, each.body])"""


@pytest.fixture(scope="module")
def service():
    with an_autopush() as service:
        yield service


@pytest.fixture(scope="module")
def firefox_that_is_called(playwright, service):
    """Firefox that keeps its connection to our push service instead of Mozilla's."""
    browser = playwright.firefox.launch(
        channel="moz-firefox", executable_path=FIREFOX,
        firefox_user_prefs={
            "dom.push.serverURL": f"ws://127.0.0.1:{service.port}/", "dom.push.testing.allowInsecureServerURL": True,
            "dom.push.connection.enabled": True, "permissions.default.desktop-notification": 1,
            "alerts.useSystemBackend": False,
        },
    )  # fmt: skip
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory, service):
    with a_server(tmp_path_factory.mktemp("called"), PWA_PUSH_DOUBLE=service.url) as served:
        yield served


@pytest.mark.parametrize("language", ["id", "ban"])
def test_a_real_browser_says_yes_is_called_and_shows_one_dull_line(
    house, service, firefox_that_is_called, language
):
    cookie = signed_in(house, "penerima", f"penerima.{language}")
    context = firefox_that_is_called.new_context(base_url=house.url, viewport=PHONE)
    context.set_default_timeout(30_000)
    context.add_cookies(
        [{"name": name, "value": value, "url": house.url} for name, value in (("b", language), ("m", cookie))]
    )
    page = context.new_page()
    page.goto("/piket")
    page.locator("[data-choice=yes]").click()
    page.locator("form[action='/piket/uji'] button").click()
    shown = until(lambda: page.evaluate(SHOWN), 20)
    assert [tuple(each) for each in shown] == [LINES[language]["t"]]
    assert until(lambda: "/push/ack" in house.log.read_text(), 10), "the device never said that it was shown"
    # The line took the focus, so the page may be behind its curtain.
    page.locator("#hp-ini:not([hx-get])").wait_for(state="attached")
    assert {len(body) for body in service.bodies} == {615}
    context.close()


@pytest.mark.parametrize("language", ["id", "ban"])
def test_her_own_phone_says_yes_is_called_and_shows_one_dull_line(
    site, service, firefox_that_is_called, language
):
    site.app.config["PUSH_SERVICE"] = Service.of(replace(site.settings, push_double=service.url))
    with time_machine.travel(NOON, tick=True), a_phone(firefox_that_is_called, site) as page:
        page.context.add_cookies([{"name": "b", "value": language, "url": site.url}])
        page.set_default_timeout(30_000)
        is_mine(page)
        her = Her(page, None, site, service)
        her.tells()
        her.says("sure", "yes")
        sees(page, "#bel form")
        service.bodies.clear()
        her.is_called()
        shown = until(lambda: page.evaluate(SHOWN), 20)
        assert [tuple(each) for each in shown] == [LINES[language]["m"]]
        assert {len(body) for body in service.bodies} == {615}
        if page.locator("#tirai").is_visible():
            page.locator("#tirai").click()  # the line took the focus
        page.locator("#bel form button").click()
        assert until(lambda: kept() == [], 10)
