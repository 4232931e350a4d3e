"""Photos by real phones: slow ones, impatient people, broken links, and browsers without JavaScript."""

import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from pwa import attachments, db, keyring, keys
from pwa.attachments import Attachment, Kind
from tests.browser.profile import (
    FIREFOX,
    PHONE,
    Traffic,
    a_canary,
    a_phone,
    a_profile,
    begins,
    everything_shown,
    found_on_disk,
    leaves,
    opens_number,
    sends,
    until,
    writes,
)
from tests.pictures import CORNERS, PRETENDERS, a_bomb, a_photo, corners_of, is_bare

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

FORM = 'form[action="/kabar/foto"]'
SENT = f"{FORM} [data-state=sent]"
AGAIN = f"{FORM} [data-again]"
SENDS = "POST /kirim/foto"
SLOW_LINK = {"offline": False, "latency": 100, "downloadThroughput": 100_000, "uploadThroughput": 40_000}
CRAWLING_LINK = SLOW_LINK | {"uploadThroughput": 5_000}

DRAWS_FOR_SECONDS = """() => {
  const draw = HTMLCanvasElement.prototype.toBlob
  HTMLCanvasElement.prototype.toBlob = function (...how) { setTimeout(() => draw.apply(this, how), 3000) }
}"""


@pytest.fixture
def phone(site, chromium):
    with a_phone(chromium, site) as page:
        stands_before_the_form(page)
        yield page


def stands_before_the_form(page) -> None:
    begins(page)
    writes(page, "cerita")
    sends(page)
    opens_number(page)


def is_slow(page, link: dict | None = None, cpu: int = 6) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    if link:
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", link)


def chooses(page, content: bytes, name: str = "foto.jpg") -> None:
    page.locator("#foto").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def presses_send(page) -> None:
    page.locator(f"{FORM} [data-send]").click()


def the_photos(site) -> list[Attachment]:
    db.session.rollback()
    found = list(db.session.scalars(select(Attachment).order_by(Attachment.position)))
    db.session.commit()
    return found


def pictures_of(site) -> list[bytes]:
    keyring.use(keys.private_keys(site.settings.key_dir, site.settings.office_key_dir))
    contents = [attachments.open_(photo) for photo in the_photos(site)]
    db.session.commit()
    return contents


def progress_of(page) -> float | None:
    """How far it says it is; `None` while it only says that it is busy."""
    return page.locator(f"{FORM} progress").evaluate("bar => bar.position < 0 ? null : bar.position")


def test_twelve_million_dots_from_a_slow_phone_arrive_small_upright_and_tell_nothing(site, phone):
    canary = a_canary("gps")
    photo = a_photo(3_000, 4_000, turned=True, tells=canary, quality=92)
    assert len(photo) > 1_000_000
    traffic = Traffic.of(phone.context)
    is_slow(phone, SLOW_LINK)
    chooses(phone, photo, f"{canary}.jpg")
    presses_send(phone)
    phone.locator(f"{FORM} [data-going] progress").wait_for()
    assert phone.locator(f"{FORM} [data-cancel]").bounding_box()["height"] >= 48
    assert until(lambda: 0 < (progress_of(phone) or 0) < 1, within=30), "nobody can see how far it is"
    phone.locator(SENT).wait_for(timeout=60_000)
    assert not phone.locator(f"{FORM} [data-going]").is_visible()
    assert phone.locator("#foto").input_value() == ""
    (content,) = pictures_of(site)
    assert is_bare(content)
    assert corners_of(content) == list(CORNERS)
    assert len(content) <= 300_000
    (request,) = traffic.to("/kirim/foto")
    assert len(request.post_data_buffer) <= attachments.LARGEST[Kind.PHOTO]
    assert not traffic.holds(canary)
    assert canary not in everything_shown(phone)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_arrive_as_bare_jpeg(site, phone, kind):
    chooses(phone, a_photo(1_000, 700, kind=kind), "x.jpg")
    presses_send(phone)
    phone.locator(SENT).wait_for()
    (content,) = pictures_of(site)
    assert is_bare(content)
    assert corners_of(content) == list(CORNERS)


def test_cancel_answers_at_once_while_the_photo_is_made_small(site, phone):
    is_slow(phone)
    phone.evaluate(DRAWS_FOR_SECONDS)
    chooses(phone, a_photo(4_000, 3_000, quality=92))
    presses_send(phone)
    phone.locator(f"{FORM} [data-cancel]").click()
    began = time.monotonic()
    phone.locator(f"{FORM} [data-state=cancelled]").wait_for()
    assert time.monotonic() - began < 2
    assert not phone.locator(f"{FORM} [data-going]").is_visible()
    assert the_photos(site) == []
    presses_send(phone)  # the photo is still chosen
    phone.locator(SENT).wait_for(timeout=60_000)
    assert len(the_photos(site)) == 1
    assert site.asked.count(SENDS) == 1, "what was cancelled went all the same"


def test_cancel_stops_a_photo_on_its_way(site, phone):
    is_slow(phone, CRAWLING_LINK, cpu=1)
    chooses(phone, a_photo(2_000, 1_500))
    presses_send(phone)
    assert until(lambda: progress_of(phone) is not None, within=15)
    phone.locator(f"{FORM} [data-cancel]").click()
    phone.locator(f"{FORM} [data-state=cancelled]").wait_for()
    assert phone.locator(f"{FORM} [data-send]").is_enabled()
    assert the_photos(site) == []


def test_cancel_ends_the_waiting_for_a_link(site, phone):
    phone.context.set_offline(True)
    chooses(phone, a_photo())
    presses_send(phone)
    phone.locator(AGAIN).wait_for()
    phone.locator(f"{FORM} [data-cancel]").click()
    phone.locator(f"{FORM} [data-state=cancelled]").wait_for()
    phone.context.set_offline(False)
    presses_send(phone)
    phone.locator(SENT).wait_for(timeout=60_000)
    assert len(the_photos(site)) == 1
    assert site.asked.count(SENDS) == 1, "what was cancelled went all the same"


def test_when_the_answer_is_lost_the_same_bytes_go_again_and_are_one_photo(site, phone):
    bodies = []

    def lose_the_first_answer(route):
        bodies.append(route.request.post_data_buffer)
        if len(bodies) == 1:
            route.fetch()
            return route.abort()
        return route.continue_()

    phone.route("**/kirim/foto", lose_the_first_answer)
    chooses(phone, a_photo())
    presses_send(phone)
    phone.locator(SENT).wait_for(timeout=20_000)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert len(the_photos(site)) == 1


def test_a_page_of_somebody_elses_network_is_no_receipt(site, phone):
    phone.route(
        "**/kirim/foto", lambda route: route.fulfill(status=200, body="<h1>Selamat datang di Wi-Fi</h1>")
    )
    chooses(phone, a_photo())
    presses_send(phone)
    phone.locator(AGAIN).wait_for()
    assert not phone.locator(SENT).is_visible()


@pytest.mark.parametrize(
    ("content", "state"),
    [(content, "kind") for name, content in PRETENDERS.items() if name != "foto.jpeg"]
    + [
        (a_bomb(8_000, 8_000), "pixels"),
        (a_bomb(), "broken"),
        (a_photo()[:700], "broken"),
        (b"MZ" + bytes(25_000_000), "kind"),
        (None, "none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_sent_is_said_beside_the_field_and_stays_on_the_phone(site, phone, content, state):
    traffic = Traffic.of(phone.context)
    if content is not None:
        chooses(phone, content)
    presses_send(phone)
    phone.locator(f"{FORM} .field [data-state={state}]").wait_for()
    assert phone.locator(f"{FORM} [data-send]").is_enabled()
    assert not traffic.to("/kirim/foto")


def test_a_photo_of_twenty_five_megabytes_is_made_small_like_any_other(site, phone):
    chooses(phone, a_photo(2_000, 1_500) + bytes(25_000_000))
    presses_send(phone)
    phone.locator(SENT).wait_for(timeout=30_000)
    (content,) = pictures_of(site)
    assert len(content) <= 300_000


@pytest.mark.parametrize("state", ["full", "room"])
def test_what_the_server_has_no_place_for_is_said_beside_the_field(site, phone, state):
    phone.route("**/kirim/foto", lambda route: route.fulfill(status=409, json={"refused": state}))
    chooses(phone, a_photo())
    presses_send(phone)
    phone.locator(f"{FORM} .field [data-state={state}]").wait_for()


def test_words_can_be_added_while_a_photo_is_on_its_way(site, phone):
    is_slow(phone, SLOW_LINK, cpu=1)
    chooses(phone, a_photo(2_000, 1_500))
    presses_send(phone)
    phone.locator("textarea#story").fill("satu lagi")
    phone.locator("#kirim").click()
    phone.locator('form[action="/kabar/tambah"] [data-state=added]').wait_for(timeout=30_000)
    phone.locator(SENT).wait_for(timeout=60_000)


def test_another_language_keeps_the_chosen_photo(site, phone):
    chooses(phone, a_photo(), "rumah.jpg")
    phone.locator(".languages button:not([aria-current])").first.click()
    assert until(lambda: phone.locator("html").get_attribute("lang") == "su", within=5)
    presses_send(phone)
    phone.locator(SENT).wait_for()
    assert len(the_photos(site)) == 1


def test_a_browser_that_draws_noise_lets_the_server_make_it_small(site, chromium):
    with a_phone(chromium, site) as page:
        page.add_init_script(
            "CanvasRenderingContext2D.prototype.getImageData = () => ({ data: new Uint8ClampedArray(4) })"
        )
        stands_before_the_form(page)
        chooses(page, a_photo(900, 600, turned=True))
        presses_send(page)
        page.locator(".good[autofocus]").wait_for()
        (content,) = pictures_of(site)
        assert is_bare(content)
        assert corners_of(content) == list(CORNERS)


def test_a_browser_without_cryptography_sends_like_one_without_a_script(site, chromium):
    with a_phone(chromium, site) as page:
        page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
        stands_before_the_form(page)
        chooses(page, PRETENDERS["program.jpg"])
        presses_send(page)
        page.locator("#foto-salah").wait_for()
        chooses(page, a_photo(900, 600))
        presses_send(page)
        page.locator(".good[autofocus]").wait_for()
        assert is_bare(pictures_of(site)[0])


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_after_the_exit_the_profile_holds_nothing_of_the_photo(site, chromium, tmp_path, script):
    word, name = a_canary("isi"), a_canary("nama")
    (tmp_path / "foto").mkdir()
    path = tmp_path / "foto" / f"{name}.jpg"
    path.write_bytes(a_photo(2_000, 1_500, tells=word))
    with a_profile(chromium, tmp_path / "profile", site, java_script_enabled=script) as page:
        stands_before_the_form(page)
        page.locator("#foto").set_input_files(path)
        presses_send(page)
        page.locator(SENT if script else ".good[autofocus]").wait_for(timeout=30_000)
        page.locator("#foto").set_input_files(path)  # chosen and never sent
        leaves(page)
    assert len(the_photos(site)) == 1
    assert not found_on_disk(tmp_path / "profile", word, name)
    assert not found_on_disk(site.settings.data_dir, word, name)


def test_without_a_script_a_refusal_stands_beside_the_field_and_is_on_the_screen(site, chromium):
    with a_phone(chromium, site, java_script_enabled=False) as page:
        stands_before_the_form(page)
        chooses(page, PRETENDERS["gambar.jpg"])
        presses_send(page)
        page.locator("#foto-salah").wait_for()
        assert page.url.endswith("/kabar")
        assert until(lambda: page.locator("#foto").bounding_box()["y"] < 640, within=3)


@pytest.mark.prove
@pytest.mark.firefox
@pytest.mark.skipif(
    not Path(FIREFOX).exists(), reason="Firefox ESR is not installed: apt-get install firefox-esr"
)
def test_firefox_makes_photos_small_upright_and_bare_too(site, firefox):
    for width, height in ((1_200, 1_600), (1_600, 1_200), (800, 800)):
        with a_phone_with(firefox, site) as page:
            stands_before_the_form(page)
            chooses(page, a_photo(width, height, turned=True))
            presses_send(page)
            page.locator(SENT).wait_for()
    for content in pictures_of(site):
        assert is_bare(content)
        assert corners_of(content) == list(CORNERS)


@contextmanager
def a_phone_with(browser, site):
    """As far as this browser can be one: Firefox knows no touch."""
    context = browser.new_context(base_url=site.url, viewport=PHONE, locale="id-ID")
    yield context.new_page()
    context.close()


@pytest.fixture
def window(town, chromium):
    """On the real server, in a browser without JavaScript."""
    context = chromium.new_context(base_url=town.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/cerita")
    page.locator("textarea#story").fill("cerita")
    page.locator("#kirim").click()
    page.locator('form[action="/kabar"] button').click()
    yield page
    context.close()


def test_the_real_server_writes_no_photo_to_any_file_in_plain(town, window, tmp_path):
    canary = a_canary("berkas")
    path = tmp_path / f"{canary}.jpg"
    path.write_bytes(a_photo(2_000, 1_500, tells=canary, quality=98) + bytes(2_000_000))
    before = town.written.read_text()
    window.locator("#foto").set_input_files(path)
    window.locator(f"{FORM} [data-send]").click()
    window.locator(".good[autofocus]").wait_for()
    written = town.written.read_text().removeprefix(before)
    assert "tempfile" not in written
    assert str(town.temporary) not in written
    assert not list(town.temporary.iterdir())
    assert not found_on_disk(town.base, canary)


@pytest.mark.parametrize("size", [4_000_000, 7_000_000])
def test_a_photo_too_large_without_a_script_has_its_sentence_beside_the_field(window, tmp_path, size):
    path = tmp_path / "foto.jpg"
    path.write_bytes(a_photo() + bytes(size))
    window.locator("#foto").set_input_files(path)
    window.locator(f"{FORM} [data-send]").click()
    window.locator("#foto-salah").wait_for()
    assert window.url.endswith("/kabar")


def test_one_too_large_to_be_read_at_all_ends_on_a_page_that_says_so(window, tmp_path):
    """Not on the answer to the form itself, which the browser would keep with all that was in it."""
    path = tmp_path / "foto.jpg"
    path.write_bytes(a_photo() + bytes(25_000_000))
    window.locator("#foto").set_input_files(path)
    window.locator(f"{FORM} [data-send]").click()
    window.wait_for_url("**/maaf/413")
    window.locator('main a[href="tel:112"]').first.wait_for()
