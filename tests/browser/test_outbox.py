"""What waits on a phone arrives once, whatever happens to the phone, the signal and the server in between."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pwa import db
from pwa.visits import Visit
from tests.browser.own import (
    KEPT,
    SENT,
    SLOTS,
    WITHOUT_BACKGROUND_SYNC,
    an_own_phone,
    arrives,
    becomes_empty,
    is_mine,
    opens_number_without_signal,
    slots,
    stories,
    tells_without_signal,
    the_same_phone,
    until_the_battery_dies,
    waiting,
)
from tests.browser.profile import number_on, sees, until

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

THREE = ("pertama", "kedua", "ketiga")
LATE = timedelta(hours=26)
WRONG = timedelta(days=3)


def tells_three_and_adds_one(page) -> list[str]:
    paths = ("/cerita", "/cerita/sederhana", "/cerita/titip")
    numbers = [tells_without_signal(page, story, path=path) for story, path in zip(THREE, paths, strict=True)]
    opens_number_without_signal(page, numbers[0])
    page.locator("#story").fill("tambahan")
    page.locator("#kirim").click()
    sees(page, "[data-state=kept]:not([hidden])")
    return numbers


@pytest.mark.parametrize("sync", [True, False], ids=["background sync", "no background sync"])
def test_three_reports_and_an_addition_survive_a_flat_battery(site, chromium, tmp_path, sync):
    with until_the_battery_dies(chromium, tmp_path / "hp", site) as page:
        is_mine(page)
        page.context.set_offline(True)
        numbers = tells_three_and_adds_one(page)
        before = slots(page)
        assert waiting(page) == 4
    assert len(set(numbers)) == 3
    assert site.reports() == []
    with the_same_phone(chromium, tmp_path / "hp", site) as page:
        if not sync:
            page.context.add_init_script(WITHOUT_BACKGROUND_SYNC)
        page.goto("/")
        arrives(site, *THREE, "tambahan")
        becomes_empty(page)
        after = slots(page)
        assert {len(each) for each in after} == {len(each) for each in before}
        assert len(after) == SLOTS
        assert len(set(after) - set(before)) == 4


@pytest.mark.parametrize("path", ["/temu", "/temu/titip"])
def test_a_visit_is_asked_for_without_signal(site, chromium, tmp_path, path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        page.goto(path)
        sees(page, "form#temu.stepped")
        page.locator("[name=danger][value=no]").check()
        page.locator("#kirim").click()
        sees(page, KEPT)
        number_on(page)
        page.context.set_offline(False)
        sees(page, SENT)
        with db.reading():
            assert until(lambda: db.session.scalar(select(func.count()).select_from(Visit)) == 1, 10)
        db.session.remove()


def test_two_tabs_and_the_worker_send_each_letter_once(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        for story in THREE:
            tells_without_signal(page, story)
        other = page.context.new_page()
        other.goto("/")
        del site.asked[:]
        page.context.set_offline(False)
        for each in (page, other):
            each.evaluate("outbox.flush()")
        arrives(site, *THREE)
        becomes_empty(page)
        assert site.asked.count("POST /kirim") == 3


def test_a_server_that_takes_it_and_drops_the_line_is_asked_again_and_has_it_once(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script(WITHOUT_BACKGROUND_SYNC)
        page.goto("/")
        dropped = []

        def drop(route) -> None:
            route.fetch()
            dropped.append(route.request.url)
            route.abort("connectionreset")

        page.route("**/kirim", drop)
        tells_without_signal(page, "sekali saja")
        assert until(lambda: page.title() and dropped, 10)
        assert waiting(page) == 1
        page.unroute("**/kirim")
        page.locator("[data-send-now]").first.click()
        sees(page, SENT)
        arrives(site, "sekali saja")
        assert site.asked.count("POST /kirim") >= 2


def test_a_sign_in_page_of_some_network_is_no_receipt(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script(WITHOUT_BACKGROUND_SYNC)
        page.goto("/")
        portal = "<h1>Selamat datang di WiFi kami</h1>"
        page.route("**/kirim", lambda route: route.fulfill(status=200, content_type="text/html", body=portal))
        tells_without_signal(page, "bukan di sini")
        page.evaluate("outbox.flush()")
        assert waiting(page) == 1
        assert site.reports() == []
        page.unroute("**/kirim")
        page.evaluate("outbox.flush()")
        arrives(site, "bukan di sini")


def test_what_waited_for_a_day_is_taken_and_known_to_be_old(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script(WITHOUT_BACKGROUND_SYNC)
        page.context.add_init_script(_clock(-LATE))
        page.context.set_offline(True)
        tells_without_signal(page, "kemarin")
    with the_same_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        arrives(site, "kemarin")
    (report,) = site.reports()
    assert report.is_late
    assert abs(report.waited - LATE.total_seconds()) < 600
    assert abs(report.told_at - report.written_at) < timedelta(minutes=10)


@pytest.mark.parametrize("wrong", [WRONG, -WRONG], ids=["ahead", "behind"])
def test_a_clock_that_is_days_wrong_changes_nothing_but_a_noted_difference(site, chromium, tmp_path, wrong):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.add_init_script(WITHOUT_BACKGROUND_SYNC)
        page.context.add_init_script(_clock(wrong))
        page.context.set_offline(True)
        tells_without_signal(page, "jam salah")
        page.context.set_offline(False)
        arrives(site, "jam salah")
    (report,) = site.reports()
    assert not report.is_late
    assert report.waited < 600
    assert abs(report.written_at - report.received_at - wrong) < timedelta(minutes=10)


def test_when_all_slots_are_full_the_next_text_stays_on_the_screen(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        page.goto("/cerita")
        assert until(lambda: page.evaluate("Boolean(window.outbox)"), 5)
        page.evaluate(
            """async () => { for (let at = 0; at < 8; at++)
                 await outbox.keep({ id: `${at}`, lookup: "", bytes: new Uint8Array(9) }) }"""
        )
        page.locator("[data-next]").click()
        page.evaluate("document.querySelector('#story').value = 'tidak muat'")
        page.locator("#kirim").click()
        sees(page, "[data-not-kept]:not([hidden])")
        assert page.locator("#story").input_value() == "tidak muat"


def test_a_long_story_takes_several_slots_and_arrives_whole(site, chromium, tmp_path):
    story = "😭" * 4_900
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        tells_without_signal(page, story)
        assert page.evaluate("async () => (await outbox.waiting())[0].slots.length") > 1
        page.context.set_offline(False)
        arrives(site, story)


def test_what_one_person_sealed_is_never_sent_as_anothers(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.goto("/")
        assert until(lambda: page.evaluate("Boolean(window.outbox)"), 5)
        page.evaluate("outbox.keep({ id: 'x', lookup: '', owner: 'somebody', bytes: new Uint8Array(9) })")
        del site.asked[:]
        page.evaluate("outbox.flush()")
        assert "GET /sesi" in site.asked
        assert "POST /kirim" not in site.asked
        assert waiting(page) == 1
        assert stories(site) == []


def test_a_letter_the_office_cannot_take_does_not_hold_up_the_others(site, chromium, tmp_path):
    with an_own_phone(chromium, tmp_path / "hp", site) as page:
        page.context.set_offline(True)
        page.goto("/")
        assert until(lambda: page.evaluate("Boolean(window.outbox)"), 5)
        page.evaluate("outbox.keep({ id: 'x', lookup: '', bytes: new Uint8Array(9) })")
        tells_without_signal(page, "sesudahnya")
        page.context.set_offline(False)
        arrives(site, "sesudahnya")
        assert until(lambda: waiting(page) == 1, 5)
        assert page.evaluate("outbox.outcomes.get('x')") == "refused"


def _clock(off: timedelta) -> str:
    """The phone's own clock, wrong by so much."""
    return (
        f"{{ const now = Date.now.bind(Date); Date.now = () => now() + {int(off.total_seconds() * 1000)} }}"
    )
