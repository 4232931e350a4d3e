"""A push that arrives: one dull line whatever came, in her language, with and without signal."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.browser.calling import LINES, Screen

STRANGE = [
    "",
    "x",
    "{",
    "null",
    "[]",
    "7",
    json.dumps({"k": "constructor"}),
    json.dumps({"k": "zz", "id": "x"}),
    "0" * 3000,
]


class Called(Screen):
    """A phone of one's own that DevTools hands pushes to."""

    def __init__(self, page: Page) -> None:
        page.goto("/")
        page.locator("#hp-sendiri").click()
        page.locator("#hapus-jejak").wait_for()
        super().__init__(page)


def a_push(kind: str) -> str:
    return json.dumps({"v": 1, "id": uuid4().hex, "k": kind, "p": "0" * 400})


@pytest.mark.parametrize("language", ["id", "ban"])
def test_every_push_shows_exactly_one_line_that_says_nothing(windows, language):
    phone = Called(windows.open(language=language, permissions=["notifications"]))
    for kind, words in LINES[language].items():
        (shown,) = phone.receives(a_push(kind))
        assert (shown["title"], shown["body"]) == words
        assert shown["lang"] == {"id": "id", "ban": "su"}[language]
        assert shown["tag"] == kind
        assert shown["data"] == ("/masuk" if kind == "t" else "/kabar")
    for strange in STRANGE:
        (shown,) = phone.receives(strange)
        assert (shown["title"], shown["body"]) == LINES[language]["n"], strange


def test_without_signal_the_line_is_there_all_the_same(windows):
    phone = Called(windows.open(permissions=["notifications"]))
    phone.page.context.set_offline(True)
    (shown,) = phone.receives(a_push("t"))
    assert (shown["title"], shown["body"]) == LINES["id"]["t"]


def test_ten_of_one_kind_are_one_line(windows):
    phone = Called(windows.open(permissions=["notifications"]))
    for _ in range(10):
        shown = phone.receives(a_push("m"))
        assert len(shown) == 1


def test_a_touch_brings_the_window_to_the_front_and_leaves_what_is_half_typed(windows):
    page = windows.open(permissions=["notifications"])
    phone = Called(page)
    page.goto("/cerita")
    page.locator("#story").wait_for(state="attached")
    page.evaluate(
        """() => {
          document.querySelector("#story").value = "setengah"
          document.querySelector("#story").dispatchEvent(new Event("input", { bubbles: true }))
        }"""
    )
    phone.receives(a_push("m"))
    worker = page.context.service_workers[0]
    worker.evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications()
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }))
        }"""
    )
    page.wait_for_timeout(500)
    assert page.url.endswith("/cerita")
    assert page.evaluate("document.querySelector('#story').value") == "setengah"
