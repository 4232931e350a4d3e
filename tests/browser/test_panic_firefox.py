"""The same nothing in Firefox, as far as a page can see to it.

Firefox writes what is typed into its own session file whatever a page asks for; the disk is therefore not searched.
"""

from pathlib import Path

import pytest

from tests.browser.profile import (
    FIREFOX,
    PHONE,
    a_canary,
    begins,
    everything_shown,
    kept_by,
    leaves,
    number_on,
    opens_number,
    sends,
    until,
    writes,
)

pytest_plugins = ["tests.browser.phones"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.prove,
    pytest.mark.firefox,
    pytest.mark.skipif(
        not Path(FIREFOX).exists(), reason="Firefox ESR is not installed here: apt-get install firefox-esr"
    ),
]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request, site, firefox):
    context = firefox.new_context(
        base_url=site.url, viewport=PHONE, locale="id-ID", java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def with_script(site, firefox):
    context = firefox.new_context(base_url=site.url, viewport=PHONE, locale="id-ID")
    yield context.new_page()
    context.close()


def test_back_and_forward_show_nothing_of_it(page):
    canary = a_canary("rubah")
    page.goto("/kontak")
    begins(page)
    writes(page, canary)
    leaves(page)
    page.wait_for_timeout(300)
    for move in [page.go_back] * 4 + [page.go_forward] * 4:
        move(wait_until="commit")
        page.wait_for_timeout(150)
        assert canary not in everything_shown(page)


def test_after_the_exit_nothing_of_ours_is_kept(with_script):
    page = with_script
    begins(page)
    writes(page, a_canary("rubah"))
    sends(page)
    opens_number(page)
    leaves(page)
    assert until(lambda: not kept_by(page), 2), kept_by(page)


def test_what_firefox_seals_the_office_opens(site, with_script):
    from pwa import keyring

    page = with_script
    begins(page)
    writes(page, "dari rubah 🦊")
    page.locator("#kirim").click()
    number_on(page)
    (report,) = site.reports()
    assert keyring.unseal(report.label, report.envelope)["story"] == "dari rubah 🦊"


def test_three_escapes_leave(with_script):
    page = with_script
    begins(page)
    writes(page, "apa pun")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/kota", wait_until="commit")
