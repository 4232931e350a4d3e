"""A weak signal, a captive portal, a server that stumbles: what she typed stays, and arrives once."""

import json

import pytest

from pwa import keyring
from tests.browser.profile import (
    Traffic,
    a_phone,
    adds,
    begins,
    changes_number,
    number_on,
    opens_number,
    sees,
    sends,
    turns_to,
    until,
    writes,
)

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

STORY = "jangan sampai hilang"
UNSENT = '[data-state="waiting"]:not([hidden])'


@pytest.fixture
def phone(site, chromium):
    with a_phone(chromium, site) as page:
        begins(page)
        writes(page, STORY)
        yield page


def still_has_it(page) -> None:
    assert page.locator("#story").input_value() == STORY


def arrived_once(site, page) -> None:
    number_on(page)
    (report,) = site.reports()
    assert keyring.unseal(report.label, report.envelope)["story"] == STORY


def test_without_a_link_the_text_stays_and_arrives_once_when_it_is_back(site, phone):
    traffic = Traffic.of(phone.context)
    phone.context.set_offline(True)
    phone.locator("#kirim").click()
    sees(phone, UNSENT)
    assert phone.locator(f"{UNSENT} a[href='tel:112']").is_visible()
    assert phone.locator(f"{UNSENT} a[href='tel:129']").is_visible()
    still_has_it(phone)
    assert site.reports() == []
    phone.locator(f"{UNSENT} [data-again]").click()
    sees(phone, UNSENT)
    phone.context.set_offline(False)
    arrived_once(site, phone)
    assert len({each.post_data_buffer for each in traffic.to("/kirim")}) == 1


def test_when_only_the_answer_is_lost_the_same_bytes_go_again_and_count_once(site, phone):
    bodies = []

    def swallow(route):
        bodies.append(route.request.post_data_buffer)
        assert route.fetch().ok
        route.abort()

    phone.route("**/kirim", swallow, times=1)
    traffic = Traffic.of(phone.context)
    phone.locator("#kirim").click()
    sees(phone, UNSENT)
    assert len(site.reports()) == 1
    phone.locator(f"{UNSENT} [data-again]").click()
    arrived_once(site, phone)
    assert {each.post_data_buffer for each in traffic.to("/kirim")} == set(bodies)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 200, "content_type": "text/html", "body": "<h1>Wifi gratis</h1>"},
        {"status": 200, "content_type": "application/json", "body": "null"},
        {"status": 200, "content_type": "application/json", "body": json.dumps({"receipt": "lain"})},
        {"status": 500, "body": "aduh"},
        {"status": 503, "body": ""},
        {"status": 403, "body": "blocked"},
    ],
    ids=["portal", "null", "another id", "500", "503", "403"],
)
def test_nothing_but_our_own_receipt_counts_as_sent(site, phone, answer):
    phone.route("**/kirim", lambda route: route.fulfill(**answer), times=1)
    phone.locator("#kirim").click()
    sees(phone, UNSENT)
    still_has_it(phone)
    assert site.reports() == []
    phone.locator(f"{UNSENT} [data-again]").click()
    arrived_once(site, phone)


@pytest.mark.parametrize("status", [413, 422])
def test_what_was_refused_can_be_changed_and_sent_again(site, phone, status):
    phone.route("**/kirim", lambda route: route.fulfill(status=status), times=1)
    phone.locator("#kirim").click()
    sees(phone, '[data-state="refused"]:not([hidden])')
    still_has_it(phone)
    assert phone.locator("#story").is_editable()
    phone.locator("#kirim").click()
    arrived_once(site, phone)


def test_while_it_is_on_its_way_nothing_can_be_sent_twice(site, phone):
    phone.context.set_offline(True)
    phone.locator("#kirim").click()
    sees(phone, UNSENT)
    assert phone.locator("#kirim").is_disabled()
    assert phone.locator("[name=language]").first.evaluate("(button) => button.inert")
    phone.locator(".foot a[href='/kontak']").click()
    sees(phone, "#putus")
    phone.context.set_offline(False)
    arrived_once(site, phone)


@pytest.mark.parametrize(
    ("field", "typed"), [("#age", "200"), ("#number", "aduh"), ("#name", "n" * 81), ("#story", "x" * 5_001)]
)
def test_what_does_not_fit_is_said_at_the_field_and_nothing_is_sent(site, phone, field, typed):
    traffic = Traffic.of(phone.context)
    turns_to(phone, field)
    phone.locator(field).evaluate("(field, typed) => { field.value = typed }", typed)
    phone.locator("#kirim").click()
    sees(phone, f"{field}-salah")
    assert phone.locator(field).is_visible()
    assert phone.locator(field).input_value() == typed
    assert not [each for each in traffic.requests if each.method == "POST"]


def test_an_empty_form_asks_for_one_answer_and_sends_nothing(site, chromium):
    with a_phone(chromium, site) as page:
        begins(page)
        page.locator("#kirim").click()
        sees(page, '[data-state="empty"]:not([hidden])')
    assert site.reports() == []


def test_a_link_that_leads_nowhere_does_not_cost_her_the_text(phone):
    phone.context.set_offline(True)
    phone.locator(".foot a[href='/kontak']").click()
    sees(phone, "#putus")
    still_has_it(phone)
    phone.locator("[name=language][value=ban]").click()
    sees(phone, "#putus")
    still_has_it(phone)


def test_an_addition_waits_for_the_link_like_a_report(site, phone):
    sends(phone)
    opens_number(phone)
    phone.route("**/kirim", lambda route: route.abort(), times=1)
    phone.locator("#story").fill("tambahan")
    phone.locator("#kirim").click()
    sees(phone, UNSENT)
    phone.locator(f"{UNSENT} [data-again]").click()
    sees(phone, ".good:not([hidden])")
    assert len(site.additions()) == 1
    adds(phone, "tambahan kedua")
    assert until(lambda: len(site.additions()) == 2, 5)


def test_a_new_number_is_not_lost_with_the_answer_that_confirmed_it(site, phone):
    sends(phone)
    site.answers_everybody("Kami percaya.")
    opens_number(phone)
    sees(phone, ".said:text('Kami percaya.')")

    def swallow(route):
        route.fetch(max_redirects=0)
        route.abort()

    phone.route("**/kabar/nomor", swallow, times=1)
    phone.locator('form[action="/kabar/nomor"] button').click()
    sees(phone, "#putus")
    fresh = changes_number(phone)
    sees(phone, ".said:text('Kami percaya.')")
    phone.locator('form[action="/kabar/tutup"] button').click()
    phone.locator("input#nomor").fill(fresh)
    phone.locator("form[data-letter=open] button").click()
    sees(phone, ".said:text('Kami percaya.')")


def test_an_answer_that_comes_in_while_she_takes_a_new_number_is_not_lost(site, phone):
    sends(phone)
    site.answers_everybody("Pertama.")
    opens_number(phone)
    sees(phone, ".said:text('Pertama.')")
    site.answers_everybody("Kedua.")
    phone.locator('form[action="/kabar/nomor"] button').click()
    sees(phone, ".said:text('Kedua.')")
    changes_number(phone)
    for each in ("Pertama.", "Kedua."):
        sees(phone, f".said:text('{each}')")
