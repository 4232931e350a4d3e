"""A counsellor at a door without signal: her phone goes on, keeps what she presses, and tells nobody who looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from pwa import accounts, appointments, checkpoints, clock, db, duress, logins, outings, trips
from pwa.appointments import Crew, Slot
from pwa.push import Alert, Subject
from pwa.safety import Times
from tests.browser.own import meanwhile, until_the_battery_dies, waiting
from tests.browser.profile import a_profile, everything_shown, found_on_disk, kept_by, sees, until
from tests.factories import a_device_of, a_visit, an_account

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

ADDRESS, NAME = "Gang Kenanga nomor sembilan", "Ratna Contoh"
WORD = "bungamelatirahasia"
A_FEW_TRIES = 80
READY = """async () => Boolean(navigator.serviceWorker.controller && window.outbox
    && (await outbox.activities())?.length && (await caches.match("/luring/id/kegiatan")))"""


class Way:
    """Of one confirmed visit, with the database at hand."""

    def __init__(self, site) -> None:
        self.site = site
        with site.app.app_context():
            she = an_account("konselor", name=NAME)
            self.manajer = an_account("manajer").id
            visit = a_visit(site.settings, address=ADDRESS)
            start = clock.now() + timedelta(hours=1)
            appointments.offer(visit, Slot(start, start + timedelta(hours=1)), Crew(she.id), by=she)
            appointments.confirm(visit, at=clock.now())
            outings.keep_up(Times.of(site.settings))
            duress.choose(she.id, WORD)
            db.session.commit()
            self.visit_id, self.counsellor_id = visit.id, she.id
            db.session.remove()

    def signs(self) -> list[checkpoints.Checkpoint]:
        with db.reading():
            found = list(checkpoints.signs_of(trips.find(self.visit_id)))
        db.session.expunge_all()
        db.session.remove()
        return found

    def kinds(self) -> list[str]:
        return [sign.kind.value for sign in self.signs()]

    def arrives(self, *kinds: str) -> None:
        """Exactly these, each once and in this order."""
        until(lambda: len(self.kinds()) >= len(kinds), A_FEW_TRIES)
        assert self.kinds() == list(kinds)

    def rings(self) -> list[Subject]:
        with db.reading():
            query = select(Alert.subject).where(Alert.to_id == self.manajer, Alert.state != "cancelled")
            found = list(db.session.scalars(query))
        db.session.remove()
        return found


@pytest.fixture
def way(site) -> Way:
    return Way(site)


def signs_in(page: Page, way: Way, *, enrolled: bool = False) -> None:
    with way.site.app.app_context():
        device_id = a_device_of(way.counsellor_id).id if enrolled else None
        token = logins.start(accounts.find(way.counsellor_id), device_id)
        db.session.commit()
        db.session.remove()
    page.context.add_cookies([{"name": "m", "value": token, "url": way.site.url}])


def begins_her_day(page: Page, way: Way) -> None:
    """Signed in where there is signal; from then on her phone has what it needs."""
    signs_in(page, way)
    page.goto("/konselor")
    assert until(meanwhile(lambda: page.evaluate(READY)), 20)


@contextmanager
def without_signal(chromium, folder, way: Way, *, starting: bool = True) -> Iterator[Page]:
    """Her phone started from cold at a door: no signal, and a session that ended with the browser."""
    if starting:
        with a_profile(chromium, folder, way.site) as page:
            begins_her_day(page, way)
    with way.site.without_signal(), a_profile(chromium, folder, way.site) as page:
        page.goto("/konselor/perjalanan")
        sees(page, "#daftar-kegiatan section")
        yield page


def presses(page: Page, kind: str, *, word: str = "") -> None:
    """And the page says that it was noted."""
    if word:
        page.locator("[name=word]").fill(word)
    before = times_of(page)
    page.locator(f"[data-sign] button[value={kind}]").click()
    assert until(lambda: len(times_of(page)) == len(before) + 1, 10), f"{kind} was not noted"


def signal_returns(page: Page, way: Way) -> None:
    way.site.signal.set()
    page.evaluate("outbox.flush()")


def times_of(page: Page) -> list[str]:
    """The times that stand beside "noted on this phone"."""
    return page.locator("[data-times]").first.inner_text().strip("()").replace(",", "").split()


def buttons(page: Page) -> list[str]:
    return [each.get_attribute("value") for each in page.locator("[data-sign] button:visible").all()]


def test_the_whole_way_without_signal_on_a_phone_started_from_cold(chromium, site, tmp_path, way):
    folder = tmp_path / "hp"
    with without_signal(chromium, folder, way) as page:
        shown = everything_shown(page)
        assert "Activity 1" in page.locator("#daftar-kegiatan h2").inner_text()
        assert not [word for word in (ADDRESS, "Kenanga", NAME, str(way.visit_id)) if word in shown]
        assert buttons(page) == ["departed"]
        for kind, after in (
            ("departed", {"arrived", "stopped-unsafe"}),
            ("arrived", {"under-way", "not-met", "stopped-unsafe", "extend"}),
            ("under-way", {"finished", "stopped-unsafe", "extend"}),
            ("extend", {"finished", "stopped-unsafe", "extend"}),
            ("finished", {"home"}),
            ("home", set()),
        ):
            presses(page, kind, word=WORD if kind == "extend" else "")
            assert set(buttons(page)) == after
        assert WORD not in everything_shown(page)
        assert waiting(page) == 1
    assert found_on_disk(folder, WORD, ADDRESS, NAME, str(way.visit_id)) == []
    assert (way.signs(), way.rings()) == ([], [])
    with a_profile(chromium, folder, site) as page:
        page.goto("/kegiatan")
        way.arrives("departed", "arrived", "under-way", "extend", "finished", "home")
        sees(page, "[data-note=sent]:not([hidden])")
        assert waiting(page) == 0
    assert Subject.DURESS in way.rings()
    for sign in way.signs():
        assert timedelta(seconds=1) <= sign.received_at - sign.happened_at < timedelta(minutes=3)


def test_a_battery_that_dies_on_the_way_loses_no_sign(chromium, site, tmp_path, way):
    folder = tmp_path / "hp"
    with a_profile(chromium, folder, site) as page:
        begins_her_day(page, way)
    with site.without_signal(), until_the_battery_dies(chromium, folder, site) as page:
        page.goto("/konselor/perjalanan")
        sees(page, "#daftar-kegiatan section")
        for kind in ("departed", "arrived"):
            presses(page, kind)
    with without_signal(chromium, folder, way, starting=False) as page:
        assert "under-way" in buttons(page)
        assert len(times_of(page)) == 2
        for kind in ("under-way", "finished"):
            presses(page, kind)
    with a_profile(chromium, folder, site) as page:
        page.goto("/kegiatan")
        way.arrives("departed", "arrived", "under-way", "finished")


def test_two_tabs_give_each_sign_once(chromium, site, tmp_path, way):
    with without_signal(chromium, tmp_path / "hp", way) as page:
        other = page.context.new_page()
        other.goto("/konselor/perjalanan")
        sees(other, "#daftar-kegiatan section")
        presses(page, "departed")
        other.reload()
        sees(other, "#daftar-kegiatan section")
        assert "arrived" in buttons(other)
        presses(other, "arrived")
        page.reload()
        sees(page, "#daftar-kegiatan section")
        presses(page, "under-way")
        site.signal.set()
        for each in (page, other):
            each.evaluate("outbox.flush()")
        way.arrives("departed", "arrived", "under-way")
        assert until(lambda: waiting(page) == 0, 20)
        assert way.kinds() == ["departed", "arrived", "under-way"]


def test_a_long_day_of_signs_fills_no_more_than_one_letter(chromium, site, tmp_path, way):
    with without_signal(chromium, tmp_path / "hp", way) as page:
        for kind in ("departed", "arrived", "under-way", *["extend"] * 9, "finished", "home"):
            presses(page, kind)
        assert waiting(page) == 1
        signal_returns(page, way)
        way.arrives("departed", "arrived", "under-way", *["extend"] * 9, "finished", "home")


def test_the_word_looks_like_any_other_and_rings_when_there_is_signal(chromium, site, tmp_path, way):
    with without_signal(chromium, tmp_path / "hp", way) as page:
        presses(page, "departed")
        presses(page, "arrived")
        pages = []
        for word in ("kopi", WORD):
            presses(page, "extend", word=word)
            shown = everything_shown(page)
            pages.append(shown.replace(page.locator("[data-times]").first.inner_text(), ""))
        assert pages[0] == pages[1]
        assert way.rings() == []
        signal_returns(page, way)
        way.arrives("departed", "arrived", "extend", "extend")
        assert way.rings() == [Subject.DURESS]
        sees(page, "[data-note=sent]:not([hidden])")
        assert "alarm" not in page.locator("main").inner_text().lower()


def test_a_sign_in_page_of_some_other_network_takes_nothing_away(chromium, site, tmp_path, way):
    with without_signal(chromium, tmp_path / "hp", way) as page:
        page.context.route(
            "**/kegiatan", lambda route: route.fulfill(status=200, body="Selamat datang di Wi-Fi")
        )
        signal_returns(page, way)
        presses(page, "departed")
        page.evaluate("outbox.flush()")
        assert waiting(page) == 1
        assert way.signs() == []
        page.context.unroute("**/kegiatan")
        page.evaluate("outbox.flush()")
        way.arrives("departed")


def test_an_open_page_of_a_trip_goes_on_when_the_signal_leaves(chromium, site, tmp_path, way):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        begins_her_day(page, way)
        page.goto(f"/konselor/perjalanan/{way.visit_id}")
        page.locator("button[value=departed]").click()
        expect(page.locator(".history li")).to_have_count(1)
        page.wait_for_load_state()  # with its scripts
        page.context.set_offline(True)
        for kind in ("arrived", "under-way", "finished"):
            presses(page, kind)
        assert buttons(page) == ["home"]
        assert way.kinds() == ["departed"]
        page.context.set_offline(False)
        way.arrives("departed", "arrived", "under-way", "finished")
        expect(page.locator(".history li")).to_have_count(4, timeout=A_FEW_TRIES * 1000)
        expect(page.locator("#hasil")).to_be_visible()


def test_a_word_that_is_half_typed_stays_when_the_signal_returns(chromium, site, tmp_path, way):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        begins_her_day(page, way)
        page.goto(f"/konselor/perjalanan/{way.visit_id}")
        page.locator("[data-sign] button[value=departed]").click()
        expect(page.locator(".history li")).to_have_count(1)
        page.wait_for_load_state()  # with its scripts
        page.context.set_offline(True)
        presses(page, "arrived")
        page.locator("[name=word]").fill(WORD[:5])
        page.context.set_offline(False)
        page.evaluate("outbox.flush()")
        way.arrives("departed", "arrived")
        sees(page, "[data-note=sent]:not([hidden])")
        assert page.locator("[name=word]").input_value() == WORD[:5]


def test_a_phone_that_keeps_nothing_sends_at_once_or_says_that_it_could_not(chromium, site, tmp_path, way):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('no room') }")
        signs_in(page, way)
        page.goto(f"/konselor/perjalanan/{way.visit_id}")
        page.locator("button[value=departed]").click()
        expect(page.locator(".history li")).to_have_count(1)
        page.wait_for_load_state()  # with its scripts
        page.context.set_offline(True)
        page.locator("button[value=arrived]").click()
        sees(page, "[data-note=lost]:not([hidden])")
        assert way.kinds() == ["departed"]


def test_another_language_needs_no_signal(chromium, site, tmp_path, way):
    with without_signal(chromium, tmp_path / "hp", way) as page:
        presses(page, "departed")
        page.locator("[name=language][value=ban]").click()
        sees(page, "html[lang=su] #daftar-kegiatan section")
        assert "arrived" in buttons(page)


def test_a_locked_phone_without_signal_takes_signs_and_opens_nothing(chromium, site, tmp_path, way):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        page.clock.install()
        signs_in(page, way, enrolled=True)
        page.goto("/konselor")
        assert until(meanwhile(lambda: page.evaluate(READY)), 20)
        page.goto(f"/konselor/perjalanan/{way.visit_id}")
        with site.without_signal():
            page.clock.fast_forward("15:10")
            expect(page.locator("[data-unlock] [name=pin]")).to_be_visible()
            assert page.locator("[data-sign]").count() == 0
            page.locator("[name=pin]").fill("258036")
            page.locator("[data-unlock] button").click()
            page.locator("#tanpa-sinyal a").click()
            sees(page, "#daftar-kegiatan section")
            assert [each["label"] for each in page.evaluate("outbox.activities()")] == ["Activity 1"]
            presses(page, "departed")
            for path in (f"/{way.visit_id}", f"/{way.visit_id}/alamat", ""):
                page.goto(f"/konselor/perjalanan{path}")
                sees(page, "#daftar-kegiatan section")
                shown = everything_shown(page).replace(page.url, "")
                assert not [word for word in (ADDRESS, NAME, str(way.visit_id)) if word in shown]


def test_whoever_signs_out_leaves_no_trip_on_the_phone(chromium, site, tmp_path, way):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        begins_her_day(page, way)
        page.locator('form[action="/keluar-akun"] button').click()
        page.wait_for_url("**/masuk")
        assert until(meanwhile(lambda: "databases" not in kept_by(page)), 10)
        assert "local" not in kept_by(page)


def test_signs_that_wait_go_though_she_signed_out_and_another_signed_in(chromium, site, tmp_path, way):
    with a_profile(chromium, tmp_path / "hp", site) as page:
        begins_her_day(page, way)
        page.goto(f"/konselor/perjalanan/{way.visit_id}")
        page.context.route("**/kegiatan", lambda route: route.abort())
        presses(page, "departed")
        for _ in range(2):
            page.locator('form[action="/keluar-akun"] button').click()
        page.wait_for_url("**/masuk")
        page.context.unroute("**/kegiatan")
        other = Way(site)
        signs_in(page, other)
        page.goto("/konselor")
        way.arrives("departed")
        assert other.signs() == []
        known = until(meanwhile(lambda: page.evaluate("outbox.activities()")), 10)
        assert [each["given"] for each in known] == [[]]
