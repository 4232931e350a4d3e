"""Random journeys that end at a random moment with the exit: whatever she was doing, the same nothing is left."""

from random import Random

import pytest
from playwright.sync_api import Error

from tests.browser.profile import (
    a_canary,
    a_profile,
    begins,
    everything_shown,
    found_on_disk,
    history_of,
    is_in_the_city,
    kept_by,
    until,
    writes,
)

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

IN_EVERY_RUN = 3
JOURNEYS = [pytest.param(seed, marks=[] if seed < IN_EVERY_RUN else pytest.mark.prove) for seed in range(10)]

WAYS = ("/cerita", "/cerita/sederhana", "/cerita/titip")
LINKS = "main a[href^='/'], .foot a[href^='/'], .brand"
# A guest does not say that the phone is hers: what an own phone keeps is looked at in test_own_phone.py.
BUTTONS = "main button:not([inert]):not(#hp-sendiri), .foot button:not([inert]), summary"
FIELDS = (
    "main textarea, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]):not([type=date])"
)
CHOICES = "main label:has(input[type=radio]), main label:has(input[type=checkbox])"


@pytest.mark.parametrize("seed", JOURNEYS)
def test_an_exit_at_any_moment_of_any_journey_leaves_nothing(site, chromium, tmp_path, seed):
    rng = Random(seed)
    canary = a_canary("acak")
    numbers: set[str] = set()
    with a_profile(
        chromium, tmp_path / "hp", site, bfcache=seed % 2 == 0, java_script_enabled=seed % 5 != 4
    ) as page:
        begins(page, rng.choice(WAYS))
        if rng.random() < 0.7:
            writes(page, canary)
        page.set_default_timeout(1_000)
        for _ in range(rng.randrange(4, 25)):
            _does_something(page, rng, canary)
            numbers |= _numbers_on(page)
        _leaves_at_once(page)
        is_in_the_city(page)
        assert until(lambda: not kept_by(page), 2), kept_by(page)
        for move in [page.go_back] * 5 + [page.go_forward] * 5:
            move(wait_until="commit")
            page.wait_for_timeout(60)
            shown = everything_shown(page)
            assert not [secret for secret in (canary, *numbers) if secret in shown]
    secrets = [canary, *numbers, *(number.replace(" ", "") for number in numbers)]
    assert not found_on_disk(tmp_path / "hp", *secrets)
    rows = history_of(tmp_path / "hp", site)
    assert {title for _, title in rows} <= {"Saling Sapa"}
    if seed % 5 != 4:
        assert {path for path, _ in rows} <= {"/", "/kota"}


def _does_something(page, rng: Random, canary: str) -> None:
    kind = rng.choice((LINKS, BUTTONS, BUTTONS, FIELDS, FIELDS, CHOICES))
    try:
        shown = [each for each in page.locator(kind).all() if each.is_visible()]
        if not shown:
            return
        rng.choice(shown).fill(canary) if kind == FIELDS else rng.choice(shown).click(timeout=500)
    except Error:
        return  # it moved away under the finger, or the whole page did
    page.wait_for_timeout(rng.choice((0, 0, 20, 200)))


def _numbers_on(page) -> set[str]:
    while True:
        try:
            return set(page.locator("output#nomor").all_inner_texts())
        except Error:
            page.wait_for_load_state()  # it went on to the next page under our eyes


def _leaves_at_once(page) -> None:
    page.locator("#keluar").dispatch_event("click")
