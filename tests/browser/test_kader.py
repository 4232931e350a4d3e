"""A kader helps her neighbours: for days without signal, on a phone that can be taken from her, and never twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pwa import clock, db, keyring
from pwa.errands import Errand
from tests.browser.helping import a_kader, a_kaders_phone, how_many_wait, is_ready, seals, signs_in
from tests.browser.profile import a_canary, everything_shown, found_on_disk, sees, until

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

TWO_DAYS = timedelta(days=2)


def errands_of(site) -> list[Errand]:
    with db.reading():
        found = list(db.session.scalars(select(Errand).order_by(Errand.made_at)))
    db.session.expunge_all()
    db.session.remove()
    return found


@pytest.mark.parametrize(
    "wrong", [timedelta(), timedelta(days=3), timedelta(days=-3)], ids=["right", "ahead", "behind"]
)
def test_two_days_without_signal_and_then_everything_arrives_once(site, chromium, tmp_path, wrong):
    kader, folder = a_kader(site), tmp_path / "hp"
    *words, place = [a_canary(name) for name in ("satu", "dua", "tiga", "empat")]
    with a_kaders_phone(chromium, folder, site, kader):
        pass
    with a_kaders_phone(chromium, folder, site, kader, offline=True, clock=wrong - TWO_DAYS) as page:
        for word, consent in zip(words, ("spoken", "touch", "danger"), strict=True):
            seals(page, consent=consent, saw=word, heard=word)
            assert word not in everything_shown(page)
        seals(page, path="/kader/temu", consent="touch", meeting="neutral", address=place)
        assert how_many_wait(page) == 4
    assert found_on_disk(folder, *words, place) == []
    assert errands_of(site) == []
    with a_kaders_phone(chromium, folder, site, kader, clock=wrong) as page:
        assert until(lambda: len(errands_of(site)) == 4, 30)
        assert until(lambda: how_many_wait(page) == 0, 20)
        page.reload()
        assert page.locator("main .row .mark").count() == 4
    told = [keyring.unseal(each.label, each.envelope) for each in site.reports()]
    assert sorted((each["consent"], each["saw"]) for each in told) == sorted(
        zip(("spoken", "touch", "danger"), words, strict=True)
    )
    (visit,) = site.visits()
    assert keyring.unseal(visit.label, visit.envelope)["address"] == place
    for errand in errands_of(site):
        assert errand.kader_id == kader
        assert TWO_DAYS <= clock.now() - errand.made_at < TWO_DAYS + timedelta(minutes=10)
        assert clock.now() - errand.received_at < timedelta(minutes=10)


def test_with_a_signal_it_is_received_at_once_and_the_number_can_be_handed_over(site, chromium, tmp_path):
    kader = a_kader(site)
    with a_kaders_phone(chromium, tmp_path / "hp", site, kader) as page:
        seals(page, saw="memar", knows="yes", area="36.73.01")
        sees(page, "[data-when=sent]:not([hidden])")
        assert until(lambda: len(site.reports()) == 1, 20)
        assert "memar" not in everything_shown(page)


def test_without_permission_noted_nothing_is_sealed_and_nothing_is_lost(site, chromium, tmp_path):
    with a_kaders_phone(chromium, tmp_path / "hp", site, a_kader(site)) as page:
        page.goto("/kader/tetangga")
        page.locator("#saw").fill("memar")
        page.locator("#kirim").click()
        sees(page, "#consent-salah")
        assert page.locator("#saw").input_value() == "memar"
        assert site.reports() == []


def test_what_one_kader_sealed_is_never_sent_as_anothers(site, chromium, tmp_path):
    sri, wati = a_kader(site), a_kader(site, "Wati")
    with a_kaders_phone(chromium, tmp_path / "hp", site, sri) as page:
        page.context.set_offline(True)
        seals(page, saw="memar")
        signs_in(site, page, wati)
        page.context.set_offline(False)
        is_ready(page)
        page.evaluate("outbox.flush()")
        assert how_many_wait(page) == 0
        assert site.reports() == []
        signs_in(site, page, sri)
        is_ready(page)
        assert until(lambda: len(site.reports()) == 1, 20)
    assert [errand.kader_id for errand in errands_of(site)] == [sri]


def test_another_language_keeps_what_was_typed_also_without_signal(site, chromium, tmp_path):
    with a_kaders_phone(chromium, tmp_path / "hp", site, a_kader(site)) as page:
        page.context.set_offline(True)
        page.goto("/kader/tetangga")
        page.locator("#saw").fill("memar")
        page.locator("[name=language][value=ban]").click()
        sees(page, "html[lang=su] #saw")
        assert page.locator("#saw").input_value() == "memar"
