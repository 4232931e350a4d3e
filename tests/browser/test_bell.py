"""A resident's own phone is told that there is news: asked twice, called once, stopped at a touch, and never on a guest's.

Debian's Chromium has no push service of its own: an address of our double stands in for the one a browser would be given.
What is sent to it is real, and DevTools hands exactly that to the worker.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page
from sqlalchemy import select

from pwa import clock, db, pushkeys
from pwa.addresses import mark_of
from pwa.deliver import Deliverer
from pwa.subscriptions import Subscription
from pwa.webpush import Service
from tests.browser.own import is_mine
from tests.browser.profile import (
    Site,
    a_phone,
    begins,
    changes_number,
    opens_number,
    sees,
    sends,
    until,
    writes,
)
from tests.browser.test_call import LINES, Called
from tests.push_double import Double, Phone, a_double

pytest_plugins = ["tests.browser.phones"]
CANARY = "rahasia-dibalik-nomor"
NOON = (
    clock.now().astimezone(clock.JAKARTA).replace(hour=12)
)  # the day she is told on must not have gone quiet yet
PANEL = "#bel details"
# What the browser would do with its own push service, in a page or in the worker; it remembers as a browser does.
PRETENDS = """(given) => {
  const kept = () => JSON.parse(self.localStorage?.getItem("pretended") ?? self.pretended ?? "null")
  const keep = (each) => {
    self.pretended = JSON.stringify(each)
    self.localStorage?.setItem("pretended", self.pretended)
  }
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0))
  const opened = (each) => each && {
    toJSON: () => each.device, options: { applicationServerKey: bytes(each.key).buffer },
    unsubscribe: async () => { keep(null); self.letGo?.(); return true },
  }
  if (given.held) keep(given.held)
  PushManager.prototype.getSubscription = async () => opened(kept())
  PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
    if (kept() && kept().key !== key) throw new DOMException("another key", "InvalidStateError")
    if (!kept()) keep({ device: given.device, key })
    return opened(kept())
  }
}"""


@pytest.fixture(autouse=True)
def _by_day():
    """Nobody is told anything at night, and tests run at night too."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def double():
    with a_double() as double:
        yield double


@dataclass
class Her:
    """She, her own phone, and the office that answers her."""

    page: Page
    phone: Phone
    site: Site
    double: Double
    number: str = ""

    def tells(self) -> None:
        begins(self.page)
        writes(self.page, CANARY)
        self.number = sends(self.page)
        opens_number(self.page)

    def comes_back(self) -> None:
        self.page.goto("/kabar")
        self.page.locator("input#nomor").fill(self.number)
        self.page.locator("main form button.main").click()
        sees(self.page, 'form[action="/kabar/tambah"]')

    def says(self, *choices: str) -> None:
        for choice in choices:
            self.page.locator(f"[data-bell={choice}]:visible").click()

    def is_called(self) -> None:
        """The office answers, and what is due leaves."""
        settings = replace(self.site.settings, push_double=self.double.url)
        self.site.answers_everybody(f"jawaban {CANARY}")
        deliverer = Deliverer(settings)
        deliverer.look_round()
        while deliverer.send_some():
            pass
        db.session.remove()


def kept() -> list[tuple[bytes, bytes]]:
    with db.reading():
        rows = [tuple(row) for row in db.session.execute(select(Subscription.mark, Subscription.vapid_id))]
    db.session.remove()
    return rows


@pytest.fixture
def her(chromium, site, double):
    phone = Phone(f"{double.url}/hers")
    site.app.config["PUSH_SERVICE"] = Service.of(replace(site.settings, push_double=double.url))
    with a_phone(chromium, site, permissions=["notifications"]) as page:
        given = json.dumps({"device": phone.as_json})
        page.context.add_init_script(f"({PRETENDS})({given})")
        yield Her(page, phone, site, double)


def test_she_says_yes_twice_is_called_with_a_dull_line_comes_to_look_and_stops_it(her):
    page = her.page
    called = Called(page)
    her.tells()
    sees(page, f"{PANEL}[open] [data-bell=no]")
    assert (
        page.locator(f"{PANEL} .line img").evaluate_all("all => all.map((each) => each.naturalWidth > 0)")
        == [True] * 3
    )
    her.says("sure")
    sees(page, "[data-when=sure]")
    assert kept() == []
    her.says("yes")
    sees(page, "#bel form")
    assert kept()[0][0] == mark_of(her.phone.device)
    assert not page.locator(PANEL).is_visible()

    her.is_called()
    (received,) = her.double.received
    sent = her.phone.reads(received.body)
    assert len(received.body) == 615
    assert CANARY.encode() not in sent
    (shown,) = called.receives(sent.decode())
    assert (shown["title"], shown["body"]) == LINES["id"]["m"]

    page.goto("/kota")
    touched(page)
    sees(page, "input#nomor")
    her.comes_back()
    page.locator("#bel form button").click()
    assert until(lambda: kept() == [], 10)
    her.is_called()
    assert len(her.double.received) == 1


def test_no_is_remembered_for_thirty_days_in_words_that_say_nothing(her):
    page = her.page
    is_mine(page)
    her.tells()
    sees(page, f"{PANEL}[open] [data-bell=no]")
    her.says("no")
    assert until(lambda: page.locator(PANEL).get_attribute("open") is None, 10)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    her.comes_back()
    sees(page, PANEL)
    assert not page.locator("[data-bell=no]:visible").count()
    assert kept() == []
    assert set(facts(page)) <= {"key", "language", "later"}
    page.clock.set_fixed_time(clock.now() + timedelta(days=31))
    her.comes_back()
    sees(page, f"{PANEL}[open] [data-bell=no]")


def test_a_second_thought_is_a_no(her):
    is_mine(her.page)
    her.tells()
    her.says("sure", "no")
    assert until(lambda: her.page.locator(PANEL).get_attribute("open") is None, 10)
    assert kept() == []


@pytest.mark.parametrize(
    ("made_so", "sentence"),
    [
        ("""Object.defineProperty(Notification, "permission", { get: () => "denied" })""", "refused"),
        ("delete window.PushManager", "impossible"),
    ],
)
def test_a_browser_that_does_not_allow_it_or_cannot_is_told_so_in_one_sentence(
    chromium, site, made_so, sentence
):
    with a_phone(chromium, site) as page:
        page.context.add_init_script(made_so)
        is_mine(page)
        Her(page, None, site, None).tells()
        page.locator(f"{PANEL} summary").click()
        sees(page, f"[data-when={sentence}]")
        assert page.locator(f"{PANEL} p:visible").count() == 1


def test_a_guests_phone_is_not_even_asked(chromium, site):
    with a_phone(chromium, site) as page:
        Her(page, None, site, None).tells()
        assert not page.locator(PANEL).is_visible()
        assert not [each for each in site.asked if each.endswith("/bell.js")]


def test_a_new_number_takes_this_phone_along(her):
    is_mine(her.page)
    her.tells()
    her.says("sure", "yes")
    sees(her.page, "#bel form")
    her.number = changes_number(her.page)
    assert [mark for mark, _ in kept()] == [mark_of(her.phone.device)]
    her.is_called()
    assert her.double.paths() == ["/hers"]


def test_erasing_the_traces_lets_go_of_it_on_both_sides(her):
    page, let_go = her.page, []
    page.context.expose_function("letGo", lambda: let_go.append(1))
    is_mine(page)
    her.tells()
    her.says("sure", "yes")
    sees(page, "#bel form")
    page.goto("/")
    page.locator("#hapus-jejak").click()
    page.wait_for_url("**/kota", wait_until="commit")
    assert until(lambda: kept() == [], 10)
    assert let_go
    assert page.evaluate("indexedDB.databases()") == []


def test_when_the_house_has_a_new_key_her_phone_moves_to_it_by_itself(her):
    page = her.page
    is_mine(page)
    her.tells()
    her.says("sure", "yes")
    sees(page, "#bel form")
    old = kept()
    key, moved = pushkeys.outside(her.site.settings.key_dir), Phone(f"{her.double.url}/moved")
    held = {"device": her.phone.as_json, "key": "AAAA"}
    worker = page.context.service_workers[0]
    worker.evaluate(PRETENDS, {"device": moved.as_json, "held": held})
    page.goto("/kota")  # she opens it again
    assert until(lambda: kept() != old, 10)
    assert kept() == [(mark_of(moved.device), key.vapid.id)]
    worker.evaluate("lookRound()")
    her.is_called()
    assert her.double.paths() == ["/moved"]


def test_when_her_browser_moves_her_phone_it_is_found_again(her):
    page = her.page
    is_mine(page)
    her.tells()
    her.says("sure", "yes")
    sees(page, "#bel form")
    moved = Phone(f"{her.double.url}/moved")
    worker = page.context.service_workers[0]
    worker.evaluate(PRETENDS, {"device": moved.as_json})
    worker.evaluate("""() => { self.dispatchEvent(new ExtendableEvent("pushsubscriptionchange")) }""")
    assert until(lambda: kept() and kept()[0][0] == mark_of(moved.device), 10)


def touched(page: Page) -> None:
    page.context.service_workers[0].evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications()
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }))
        }"""
    )


def facts(page: Page) -> list[str]:
    return page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("k")
          opening.onsuccess = () => {
            const keys = opening.result.transaction("facts").objectStore("facts").getAllKeys()
            keys.onsuccess = () => { opening.result.close(); resolve(keys.result) }
          }
        })"""
    )
