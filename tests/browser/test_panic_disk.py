"""After the browser is closed its whole folder is searched: nothing she typed, sent, read or noted down is in it."""

import pytest

from tests.browser.profile import (
    a_canary,
    a_profile,
    adds,
    begins,
    changes_number,
    digits_of,
    found_on_disk,
    history_of,
    history_shown,
    leaves,
    opens_number,
    sees,
    sends,
    turns_to,
    writes,
)

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def test_control_the_search_finds_what_a_careless_page_leaves(site, chromium, tmp_path):
    """Without this an empty result below would prove nothing."""
    stored, titled = a_canary("simpan"), a_canary("judul")
    with a_profile(chromium, tmp_path / "hp", site) as page:
        page.goto("/kontak")
        page.evaluate(
            "([stored, titled]) => { localStorage.x = stored; document.title = titled }", [stored, titled]
        )
        page.wait_for_timeout(500)
    assert found_on_disk(tmp_path / "hp", stored)
    assert found_on_disk(tmp_path / "hp", titled)
    assert ("/kontak", titled) in history_of(tmp_path / "hp", site)
    assert ("/kontak", titled) in history_shown(tmp_path / "hp", site)


@with_and_without_script
def test_what_was_typed_and_never_sent_is_not_on_the_disk(site, chromium, tmp_path, script):
    typed = {field: a_canary("ketik") for field in ("#village", "#story", "#name")}
    with a_profile(chromium, tmp_path / "hp", site, java_script_enabled=script) as page:
        begins(page)
        for field, canary in typed.items():
            turns_to(page, field)
            page.locator(field).fill(canary)
        page.wait_for_timeout(1_500)
        leaves(page)
    assert not found_on_disk(tmp_path / "hp", *typed.values())


@with_and_without_script
def test_a_whole_journey_leaves_one_dull_row_and_nothing_else(site, chromium, tmp_path, script):
    story, more, answer = a_canary("cerita"), a_canary("tambah"), a_canary("jawab")
    with a_profile(chromium, tmp_path / "hp", site, java_script_enabled=script) as page:
        begins(page)
        writes(page, story)
        number = sends(page)
        site.answers_everybody(answer)
        opens_number(page)
        sees(page, f".said:text('{answer}')")
        adds(page, more)
        fresh = changes_number(page)
        page.wait_for_timeout(1_500)
        leaves(page)
    assert not found_on_disk(tmp_path / "hp", story, more, answer, *digits_of(number), *digits_of(fresh))
    rows = history_of(tmp_path / "hp", site)
    assert {title for _, title in rows} == {"Saling Sapa"}
    if script:  # the file keeps both ends of a replacement, the list shows the last
        assert history_shown(tmp_path / "hp", site) == [("/kota", "Saling Sapa")]
    dull = {"/", "/kota"} if script else {"/", "/kota", "/cerita", "/kabar", "/keluar"}
    assert {path for path, _ in rows} <= dull
