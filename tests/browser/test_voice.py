"""A story told aloud on real browsers: heard only while she wants it, kept nowhere, and carried over links that break."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from pwa import attachments, db, keyring, keys
from pwa.attachments import Attachment
from tests.browser.own import an_own_phone, waiting
from tests.browser.profile import (
    ARGS,
    CHROMIUM,
    Traffic,
    a_canary,
    a_phone,
    a_profile,
    begins,
    everything_shown,
    found_on_disk,
    is_in_the_city,
    kept_by,
    leaves,
    opens_number,
    sees,
    sends,
    until,
    writes,
)
from tests.sounds import AMR, OURS, PRETENDERS, SOUND, THAT_TELL, TORN, a_webm

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

HEARS = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
FORM = 'form[action="/kabar/suara"]'
SENT = f"{FORM} [data-state=sent]"
CUT_AFTER = 200_000
# What a recorder is, seen from outside: the page cannot tell a test from a listener.
REMEMBERS_STREAMS = """{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  window.streams = []
  navigator.mediaDevices.getUserMedia = async (how) => {
    const stream = await ask(how)
    window.streams.push(stream)
    return stream
  }
}"""
LISTENS = "streams.some((stream) => stream.getTracks().some((track) => track.readyState === 'live'))"


@pytest.fixture(scope="session")
def hearing(chromium) -> Iterator[Browser]:
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGS, *HEARS])
    yield browser
    browser.close()


@pytest.fixture
def phone(site, hearing) -> Iterator[Page]:
    with a_phone(hearing, site) as page:
        page.add_init_script(REMEMBERS_STREAMS)
        stands_before_the_form(page)
        yield page


def stands_before_the_form(page: Page) -> None:
    begins(page)
    writes(page, "cerita")
    sends(page)
    opens_number(page)


def touches(page: Page, name: str) -> None:
    page.locator(f"{FORM} [data-{name}]").click()


def records(page: Page) -> None:
    touches(page, "record")
    sees(page, f"{FORM} [data-recording]")
    assert until(lambda: page.locator("[data-clock]").inner_text() >= "0:01", within=10)


def chooses(page: Page, content: bytes, name: str = "rekaman.webm") -> None:
    page.locator("#rekaman").set_input_files({"name": name, "mimeType": "audio/webm", "buffer": content})


def recordings_of(site) -> list[bytes]:
    keyring.use(keys.private_keys(site.settings.key_dir, site.settings.office_key_dir))
    with db.reading():
        found = list(db.session.scalars(select(Attachment).order_by(Attachment.position)))
        contents = [attachments.open_(each) for each in found]
    db.session.remove()
    return contents


def test_she_records_listens_and_sends_and_nothing_stays_behind(site, phone):
    traffic = Traffic.of(phone.context)
    records(phone)
    assert phone.evaluate(LISTENS)
    recording = phone.locator("[data-recording]")
    assert recording.locator("strong").inner_text() == "Recording…"
    assert phone.locator("[data-stop]").bounding_box()["height"] >= 48
    touches(phone, "stop")
    sees(phone, f"{FORM} audio")
    assert not phone.evaluate(LISTENS), "the microphone is off as soon as she stops"
    assert until(lambda: phone.locator("audio").evaluate("(player) => player.readyState > 0"), within=10)
    phone.locator("audio").evaluate("(player) => player.play()")
    touches(phone, "send")
    phone.locator(SENT).wait_for(timeout=20_000)
    (content,) = recordings_of(site)
    assert content.startswith(b"\x1aE\xdf\xa3")
    assert b"OpusHead" in content
    assert not traffic.holds("OpusHead"), "it travels sealed"
    assert not phone.locator("audio").is_visible()
    assert set(kept_by(phone)) == {"cookies"}


def test_nothing_is_fetched_or_asked_before_she_wants_to_tell_aloud(site, hearing):
    with a_phone(hearing, site) as page:
        page.goto("/", wait_until="networkidle")
        begins(page)
        assert not [each for each in site.asked if each.endswith(("files.js", "voice.js", "bare.js"))]
        writes(page, "cerita")
        sends(page)
        opens_number(page)
        assert until(lambda: [each for each in site.asked if each.endswith("files.js")], within=5)
        assert not [each for each in site.asked if each.endswith(("voice.js", "bare.js"))]
        records(page)
        assert [each for each in site.asked if each.endswith("voice.js")]


def test_from_the_receipt_one_touch_leads_to_the_button_and_a_second_records(site, hearing):
    with a_phone(hearing, site) as page:
        page.goto("/kota")  # wherever she began: the page that listens is the one she opened first
        page.locator("a.brand").click()
        page.locator('main a[href="/cerita"]').click()
        writes(page, "cerita")
        sends(page)
        page.locator('form[action="/kabar#suara"] button').click()
        sees(page, f"{FORM} [data-record]")
        assert until(lambda: 0 <= page.locator("[data-record]").bounding_box()["y"] < 640, within=3)
        records(page)


def test_what_she_throws_away_is_gone(site, phone):
    records(phone)
    touches(phone, "stop")
    sees(phone, f"{FORM} audio")
    touches(phone, "throw")
    assert until(lambda: not phone.locator("audio").is_visible(), within=3)
    touches(phone, "send")
    phone.locator(f"{FORM} [data-state=none]").wait_for()
    assert recordings_of(site) == []


@pytest.mark.parametrize("how", ["blur", "freeze", "pagehide"])
def test_when_the_page_is_covered_nobody_listens_and_nothing_is_kept(site, phone, how):
    records(phone)
    phone.evaluate("(how) => { (how === 'freeze' ? document : window).dispatchEvent(new Event(how)) }", how)
    assert not phone.evaluate(LISTENS)
    if how == "pagehide":
        return
    phone.locator("#tirai").click()
    phone.locator(f"{FORM} [data-state=silenced]").wait_for()
    assert phone.locator("#rekaman").evaluate("(field) => field.files.length") == 0
    records(phone)  # and she may begin anew


def test_a_finished_recording_waits_in_memory_like_typed_text_and_goes_quiet(site, phone):
    records(phone)
    touches(phone, "stop")
    phone.locator("audio").evaluate("(player) => { player.loop = true; return player.play() }")
    phone.evaluate("window.dispatchEvent(new Event('blur'))")
    assert phone.locator("audio").evaluate("(player) => player.paused")
    phone.locator("#tirai").click()
    touches(phone, "send")
    phone.locator(SENT).wait_for(timeout=20_000)
    assert len(recordings_of(site)) == 1


def test_turning_to_another_page_stops_listening(site, phone):
    records(phone)
    phone.locator('.foot a[href="/kontak"]').click()
    sees(phone, "h1:text('Contacts')")
    assert not phone.evaluate(LISTENS)


def test_another_language_keeps_a_finished_recording(site, phone):
    records(phone)
    touches(phone, "stop")
    sees(phone, f"{FORM} audio")
    phone.locator(".languages button:not([aria-current])").first.click()
    assert until(lambda: phone.locator("html").get_attribute("lang") == "su", within=5)
    sees(phone, f"{FORM} audio")
    touches(phone, "send")
    phone.locator(SENT).wait_for(timeout=20_000)


@pytest.mark.parametrize("way", ["exit", "escape"])
@pytest.mark.parametrize("when", ["while it listens", "before it is sent"])
def test_the_exit_leaves_nothing_of_a_recording_on_the_disk(site, chromium, tmp_path, way, when, monkeypatch):
    monkeypatch.setattr("tests.browser.profile.ARGS", [*ARGS, *HEARS])
    with a_profile(chromium, tmp_path / "profile", site) as page:
        page.add_init_script(REMEMBERS_STREAMS)
        stands_before_the_form(page)
        records(page)
        if when == "before it is sent":
            touches(page, "stop")
            sees(page, f"{FORM} audio")
        if way == "exit":
            leaves(page)
        else:
            for _ in range(3):
                page.keyboard.press("Escape")
            is_in_the_city(page)
        assert kept_by(page) == {}
    assert not found_on_disk(tmp_path / "profile", "OpusHead", "A_OPUS")
    assert recordings_of(site) == []


def test_a_phone_without_a_microphone_offers_to_choose_a_recording(site, chromium):
    with a_phone(chromium, site) as page:
        stands_before_the_form(page)
        touches(page, "record")
        page.locator(f"{FORM} [data-state=microphone]").wait_for()
        chooses(page, AMR)
        touches(page, "send")
        page.locator(SENT).wait_for(timeout=20_000)
    assert recordings_of(site) == [AMR]


def test_without_signal_it_says_so_and_the_page_stays(site, phone):
    phone.context.set_offline(True)
    touches(phone, "record")
    phone.locator(f"{FORM} [data-state=offline]").wait_for()
    phone.context.set_offline(False)
    records(phone)
    touches(phone, "stop")
    sees(phone, f"{FORM} audio")
    phone.evaluate("sapa.script('bare.js')")
    phone.context.set_offline(True)
    touches(phone, "send")
    phone.locator(f"{FORM} [data-state=waiting]").wait_for()
    assert "leave this page open" in phone.locator(f"{FORM} [data-state=waiting]").inner_text()
    phone.context.set_offline(False)
    phone.locator(SENT).wait_for(timeout=20_000)
    assert len(recordings_of(site)) == 1


@pytest.mark.parametrize("name", OURS)
def test_every_recording_she_may_have_arrives_bare(site, phone, name):
    chooses(phone, OURS[name])
    touches(phone, "send")
    phone.locator(SENT).wait_for(timeout=20_000)
    (content,) = recordings_of(site)
    assert SOUND in content
    assert (b"kenari" in OURS[name]) is (name in THAT_TELL)
    assert b"kenari" not in content


@pytest.mark.parametrize("content", [*PRETENDERS.values(), *TORN.values(), AMR + bytes(3_200_000), None])
def test_what_cannot_be_sent_is_said_beside_the_field_and_stays_on_the_phone(site, phone, content):
    traffic = Traffic.of(phone.context)
    if content is not None:
        chooses(phone, content)
    touches(phone, "send")
    assert until(lambda: phone.locator(f"{FORM} .field .error:visible").count(), within=10)
    assert not [each for each in traffic.requests if "/kirim/" in each.url]


def test_the_name_of_the_file_travels_nowhere(site, phone):
    canary = a_canary("nama")
    traffic = Traffic.of(phone.context)
    chooses(phone, a_webm(), f"{canary}.webm")
    touches(phone, "send")
    phone.locator(SENT).wait_for(timeout=20_000)
    assert not traffic.holds(canary)
    assert canary not in everything_shown(phone)


@dataclass
class BrokenLink:
    """Passes everything on, and cuts each connection after so many bytes from the phone."""

    target: tuple[str, int]
    cut_after: int
    carried: int = 0
    cuts: int = 0
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        left = self.cut_after
        with near, socket.create_connection(self.target) as far, selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select():
                    content = key.fileobj.recv(min(4096, left))
                    if not content:
                        return
                    key.data.sendall(content)
                    if key.fileobj is near:
                        left -= len(content)
                        self.carried += len(content)
                    if not left:
                        self.cuts += 1
                        return


@contextmanager
def a_broken_link(site, cut_after: int) -> Iterator[BrokenLink]:
    at = urlsplit(site.url)
    link = BrokenLink((at.hostname, at.port), cut_after)
    thread = threading.Thread(target=link.serve)
    thread.start()
    yield link
    link.listener.shutdown(socket.SHUT_RDWR)
    link.listener.close()
    thread.join(timeout=10)


def test_over_a_link_that_is_cut_every_200_kilobytes_it_arrives_with_hardly_more_bytes(site, hearing):
    """Both names of the machine are ours: the page is opened through the link, so everything goes over it."""
    story = a_webm(sound=SOUND * 600)
    with a_broken_link(site, CUT_AFTER) as link, a_phone(hearing, replace(site, url=link.url)) as page:
        stands_before_the_form(page)
        chooses(page, story)
        before = link.carried, link.cuts
        touches(page, "send")
        page.locator(SENT).wait_for(timeout=90_000)
        carried, cuts = link.carried - before[0], link.cuts - before[1]
    assert recordings_of(site) == [story]
    assert cuts >= 5, "nothing was cut"
    assert carried <= 1.2 * len(story), f"{carried} of {len(story)}"


def test_cancel_stops_it_on_its_way(site, phone):
    devtools = phone.context.new_cdp_session(phone)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 50, "downloadThroughput": 100_000, "uploadThroughput": 40_000},
    )
    chooses(phone, a_webm(sound=SOUND * 600))
    touches(phone, "send")
    bar = phone.locator(f"{FORM} progress")
    assert until(lambda: 0 < bar.evaluate("(bar) => bar.position") < 1, within=20), (
        "nobody can see how far it is"
    )
    touches(phone, "cancel")
    phone.locator(f"{FORM} [data-state=cancelled]").wait_for()
    assert recordings_of(site) == []


def test_without_a_script_she_sends_a_file_and_hears_of_it_on_the_screen(site, chromium):
    with a_phone(chromium, site, java_script_enabled=False) as page:
        stands_before_the_form(page)
        assert not page.locator("[data-record]").count()
        chooses(page, OURS["3gp"], "rekaman.3gp")
        touches(page, "send")
        page.locator(".good[autofocus]").wait_for()
        chooses(page, PRETENDERS["film.mp4"])
        touches(page, "send")
        page.locator("#rekaman-salah").wait_for()
        assert until(lambda: page.locator("#rekaman").bounding_box()["y"] < 640, within=3)
    (content,) = recordings_of(site)
    assert b"kenari" not in content


def test_a_phone_of_ones_own_listens_too_and_keeps_nothing_of_it(site, chromium, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.browser.profile.ARGS", [*ARGS, *HEARS])
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/cerita")  # from the phone itself, with the headers it was kept with
        writes(page, "cerita")
        sends(page)
        opens_number(page)
        records(page)
        touches(page, "stop")
        sees(page, f"{FORM} audio")
        touches(page, "send")
        page.locator(SENT).wait_for(timeout=20_000)
        assert waiting(page) == 0
    assert len(recordings_of(site)) == 1
    assert not found_on_disk(tmp_path / "hp", "OpusHead", "A_OPUS")
