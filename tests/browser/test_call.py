"""A push that arrives: one dull line whatever came, in her language, with and without signal."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from tests.browser.profile import until

LINES = {
    "id": {
        "n": ("Ada kabar baru", "Buka aplikasi untuk melihat."), "m": ("Ada kabar baru", "Ada pesan belum dibaca."),
        "w": ("Ada kabar baru", "Ada perubahan waktu."), "r": ("Pengingat", "Buka aplikasi untuk melihat."),
        "t": ("Tugas baru", "Buka dasbor. Perlu segera dibaca."),
    },
    "ban": {
        "n": ("Aya béja anyar", "Buka aplikasi pikeun nénjo."), "m": ("Aya béja anyar", "Aya pesen nu acan dibaca."),
        "w": ("Aya béja anyar", "Aya waktu nu robah."), "r": ("Pangéling", "Buka aplikasi pikeun nénjo."),
        "t": ("Tugas anyar", "Buka dasbor. Kudu gancang dibaca."),
    },
}  # fmt: skip
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((each) => ({ title: each.title, body: each.body, lang: each.lang, tag: each.tag, data: each.data }))"""
CLEAR = "async () => { for (const each of await (await navigator.serviceWorker.ready).getNotifications()) each.close() }"
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


class Called:
    """A phone of one's own that DevTools hands pushes to."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        page.goto("/")
        page.locator("#hp-sendiri").click()
        page.locator("#hapus-jejak").wait_for()
        self.wire = page.context.new_cdp_session(page)
        found = []
        self.wire.on(
            "ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"])
        )
        self.wire.send("ServiceWorker.enable")
        assert until(lambda: page.title() and found, 10), "DevTools saw no worker"
        self.registration = found[-1]["registrationId"]

    def receives(self, data: str) -> list[dict[str, str]]:
        """What the screen shows then."""
        self.page.evaluate(CLEAR)
        origin = self.page.evaluate("location.origin")
        told = {"origin": origin, "registrationId": self.registration, "data": data}
        self.wire.send("ServiceWorker.deliverPushMessage", told)
        shown = until(lambda: self.page.evaluate(SHOWN), 10)
        assert shown, f"nothing was shown for {data[:40]!r}"
        return shown


def a_push(kind: str) -> str:
    return json.dumps({"v": 1, "id": uuid4().hex, "k": kind, "p": "0" * 400})


@pytest.mark.parametrize("language", ["id", "ban"])
def test_every_push_shows_exactly_one_line_that_says_nothing(windows, language):
    phone = Called(windows.open(language=language, permissions=["notifications"]), language)
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
    phone = Called(windows.open(permissions=["notifications"]), "id")
    phone.page.context.set_offline(True)
    (shown,) = phone.receives(a_push("t"))
    assert (shown["title"], shown["body"]) == LINES["id"]["t"]


def test_ten_of_one_kind_are_one_line(windows):
    phone = Called(windows.open(permissions=["notifications"]), "id")
    for _ in range(10):
        shown = phone.receives(a_push("m"))
        assert len(shown) == 1


def test_a_touch_brings_the_window_to_the_front_and_leaves_what_is_half_typed(windows):
    page = windows.open(permissions=["notifications"])
    phone = Called(page, "id")
    page.goto("/cerita")
    page.locator("#story").wait_for(state="attached")
    page.evaluate("document.querySelector('#story').value = 'setengah'")
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
