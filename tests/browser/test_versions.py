"""A new version never takes over under somebody who is typing, and a worker that went wrong can be called back."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from pwa import shell
from tests.browser.own import (
    SENT,
    WITHOUT_BACKGROUND_SYNC,
    an_own_phone,
    arrives,
    meanwhile,
    tells_without_signal,
)
from tests.browser.profile import kept_by, sees, until, writes

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

LOOKS_FOR_A_NEW_ONE = "async () => (await navigator.serviceWorker.getRegistration()).update()"


@pytest.fixture
def new_version(site, monkeypatch):
    def publish() -> None:
        before = shell._worker_source()
        monkeypatch.setattr(shell, "_worker_source", lambda: before + b"\n// another day\n")
        site.app.extensions["shell"]._made = {}

    return publish


def test_a_new_version_waits_for_whoever_is_typing(site, chromium, tmp_path, new_version):
    with an_own_phone(chromium, tmp_path / "hp", site) as calm:
        missing = []
        calm.context.on("response", lambda response: response.status >= 400 and missing.append(response.url))
        calm.goto("/")
        typing = calm.context.new_page()
        typing.goto("/cerita")
        writes(typing, "setengah jadi")
        before = kept_by(calm)["caches"]
        new_version()
        calm.evaluate(LOOKS_FOR_A_NEW_ONE)
        calm.bring_to_front()
        sees(calm, "#versi:not([hidden])")
        assert not typing.locator("#versi").is_visible()
        assert len(kept_by(calm)["caches"]) == 2
        calm.evaluate("window.isOld = true")
        calm.locator("#versi button").click()
        assert until(meanwhile(lambda: calm.evaluate("!window.isOld")), 10)
        assert until(meanwhile(lambda: len(kept_by(calm)["caches"]) == 1), 5)
        assert kept_by(calm)["caches"] != before
        typing.bring_to_front()
        assert typing.locator("#story").input_value() == "setengah jadi"
        typing.locator("#kirim").click()
        sees(typing, SENT)
        arrives(site, "setengah jadi")
        assert missing == []


def test_nobody_is_asked_to_reload_while_something_waits(site, chromium, tmp_path, new_version):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script(WITHOUT_BACKGROUND_SYNC)  # the worker has another way to the office
        page.route("**/kirim", lambda route: route.abort())
        tells_without_signal(page, "menunggu")
        new_version()
        page.goto("/")
        page.evaluate(LOOKS_FOR_A_NEW_ONE)
        assert until(
            lambda: page.evaluate(
                "navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"
            ),
            10,
        )
        assert not page.locator("#versi").is_visible()


def test_a_half_new_shell_is_never_kept(site, chromium, tmp_path, new_version):
    """Some network's sign-in page answers for one of the files: the old version stays whole."""
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        before = kept_by(page)["caches"]
        new_version()
        pages = site.app.extensions["shell"].kept(urlsplit(site.url).netloc).pages
        pages.pop("/luring/id/kota")
        page.evaluate(f"({LOOKS_FOR_A_NEW_ONE})().catch(() => {{}})")
        page.wait_for_timeout(1_000)
        page.context.set_offline(True)
        page.goto("/kota")
        sees(page, "h1:text('Kota Serang')")
        assert before[0] in kept_by(page)["caches"]
        assert not page.evaluate(
            "navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"
        )


def test_a_worker_that_went_wrong_is_gone_after_one_visit_and_what_waits_is_not(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        tells_without_signal(page, "tidak hilang")
        page.context.set_offline(False)
        arrives(site, "tidak hilang")
        site.app.config["SETTINGS"] = replace(site.settings, worker_gone=True)
        page.goto("/")
        page.evaluate(f"({LOOKS_FOR_A_NEW_ONE})().catch(() => {{}})")
        assert until(meanwhile(lambda: not {"workers", "caches"} & set(kept_by(page))), 10)
        assert kept_by(page)["databases"] == ["k"]
        page.goto("/cerita")
        sees(page, "form#cerita")
        assert page.evaluate("navigator.serviceWorker.controller") is None


def test_another_site_gets_nothing_through_the_worker(site, chromium, tmp_path):
    """A worker that rebuilt a POST would make a foreign form look like one of ours."""
    doors = sorted(
        {
            rule.rule
            for rule in site.app.url_map.iter_rules()
            if "POST" in rule.methods and "<" not in rule.rule
        }
    )
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/kabar")
        page.context.route(
            "http://jahat.example/**",
            lambda route: route.fulfill(
                content_type="text/html", body="<form method=post><input name=language value=ban></form>"
            ),
        )
        answered = []
        page.on(
            "response",
            lambda response: answered.append((response.request.method, response.url, response.status)),
        )
        for door in doors:
            page.goto("http://jahat.example/")
            with page.expect_navigation() as got:
                page.evaluate(
                    "(url) => { const form = document.forms[0]; form.action = url; form.submit() }",
                    site.url + door,
                )
            assert got.value.status == 403, f"{door} took it: {got.value.status}"
    assert len(doors) > 15
