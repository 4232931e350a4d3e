"""Pushes without a push service: DevTools hands them to the worker, and the screen says what it shows."""

from playwright.sync_api import Page

from tests.browser.profile import until

# All that ever stands on a lock screen.
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
AWAKE = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)"
CLEAR = "async () => { for (const each of await (await navigator.serviceWorker.ready).getNotifications()) each.close() }"


class Screen:
    """Of a browser that has our worker already."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = page.context.new_cdp_session(page)
        found = []
        self.wire.on(
            "ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"])
        )
        self.wire.send("ServiceWorker.enable")
        assert until(lambda: page.title() and found, 10), "DevTools saw no worker"
        assert until(lambda: page.evaluate(AWAKE), 30), "the worker is still being made"
        self.registration = found[-1]["registrationId"]

    def receives(self, data: str) -> list[dict[str, str]]:
        """What the screen shows then."""
        self.page.evaluate(CLEAR)
        assert until(lambda: not self.page.evaluate(SHOWN), 10), "an old line would not leave"
        origin = self.page.evaluate("location.origin")
        told = {"origin": origin, "registrationId": self.registration, "data": data}
        self.wire.send("ServiceWorker.deliverPushMessage", told)
        shown = until(lambda: self.page.evaluate(SHOWN), 20)
        assert shown, f"nothing was shown for {data[:40]!r}"
        return shown
