"""A kader writes for a neighbour, hands over a number, and keeps nothing but a light."""

import pytest
from sqlalchemy import text

from pwa import db, i18n, kaders, receipts, unpacking
from pwa.reports import Report
from tests.factories import a_device_of, a_ready_kader, an_account

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HERE = "/kader/bantuan"
TOLD = {
    "consent": "spoken",
    "danger": "no",
    "safe": "yes",
    "story": "dipukul semalam",
    "saw": "lebam di tangan",
}


def come_in(client, account, device_id=None) -> None:
    client.sign_in(account, device_id)
    db.session.commit()


@pytest.fixture
def kader(client):
    account = an_account("kader", name="Yanti Rahayu")
    a_ready_kader(account.id)
    come_in(client, account, a_device_of(account.id).id)
    return account


def writes(client, **typed):
    page = client.page(HERE)
    fields = {name: page.select_one(f"[name={name}]")["value"] for name in ("csrf_token", "id")}
    return client.post(HERE, data=fields | TOLD | typed, headers=SAME_SITE)


def another(client):
    token = client.page(HERE).select_one("[name=csrf_token]")["value"]
    return client.post(f"{HERE}/lain", data={"csrf_token": token}, headers=SAME_SITE)


def number_of(client) -> str:
    return receipts.tidy(client.page(HERE).select_one("#nomor").get_text())


def the_report() -> Report:
    return db.session.query(Report).one()


def test_what_she_writes_is_sealed_and_she_gets_a_number_to_hand_over(client, kader):
    assert writes(client).location == HERE
    assert receipts.is_well_formed(number_of(client))
    page = client.page(HERE).get_text() + client.page("/kader").get_text()
    assert "dipukul" not in page
    assert "lebam" not in page
    report = the_report()
    assert (report.channel, report.filed_by_id, report.kecamatan) == ("kader", kader.id, "36.73.01")
    told = unpacking.told_in(report)
    assert told["saw"] == "lebam di tangan"
    assert told["consent"] == "spoken"
    assert b"dipukul" not in report.envelope


def test_several_in_a_row_are_several_reports_with_their_own_numbers(client, kader):
    numbers = set()
    for consent in ("spoken", "touch", "cannot-ask"):
        writes(client, consent=consent)
        numbers.add(number_of(client))
        another(client)
    assert len(numbers) == 3
    assert len(client.page("/kader").select("#daftar .row")) == 3


def test_a_form_sent_twice_is_one_report(client, kader):
    page = client.page(HERE)
    fields = {name: page.select_one(f"[name={name}]")["value"] for name in ("csrf_token", "id")}
    for _ in range(2):
        client.post(HERE, data=fields | TOLD, headers=SAME_SITE)
    assert db.session.scalar(text("SELECT count(*) FROM report")) == 1
    assert db.session.scalar(text("SELECT count(*) FROM errand")) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"consent": ""}, "Choose how the person agreed."),
        ({"age": "seratus"}, "A number from 0 to 120."),
        ({"her_number": "abc"}, "The phone number does not look right. Example: 0812 3456 7890"),
        (
            dict.fromkeys(("danger", "safe", "story", "saw"), ""),
            "Nothing is filled in yet. One answer is enough.",
        ),
    ],
)
def test_what_cannot_be_sent_says_why_and_keeps_every_word(client, kader, typed, said):
    assert writes(client, **typed).location == HERE
    page = client.page(HERE)
    assert i18n.gettext(said) in page.get_text().replace("%(low)d", "0").replace("%(high)d", "120")
    assert page.select_one("[name=story]").get_text().strip() == (TOLD | typed)["story"]
    assert db.session.scalar(text("SELECT count(*) FROM report")) == 0


def test_who_cannot_be_asked_is_not_contacted(client, kader):
    writes(client, consent="cannot-ask", her_number="0812 3456 7890", her_way="phone")
    assert unpacking.told_in(the_report())["knows"] == "no"


def test_a_report_about_her_family_goes_past_her(client, kader):
    writes(client, close="yes")
    assert client.page("/kader").select("#daftar .row") == []
    office = client.application.test_client()
    come_in(office, an_account("manajer"))
    assert kader.name in office.page(f"/kantor/laporan/{the_report().id}").get_text()


def test_a_report_that_names_her_leaves_her_list_once_it_is_opened(client, kader):
    writes(client, who_name="Yanti Rahayu")
    report = the_report()
    unpacking.unpack(report)
    db.session.commit()
    assert client.page("/kader").select("#daftar .row") == []


def test_the_office_asks_her_to_call_and_she_sees_just_that(client, kader):
    writes(client)
    report = the_report()
    db.session.commit()
    office = client.application.test_client()
    come_in(office, an_account())
    steps = office.page(f"/kantor/laporan/{report.id}/langkah")
    token = steps.select_one("[name=csrf_token]")["value"]
    office.post(steps.select_one("#kader form")["action"], data={"csrf_token": token}, headers=SAME_SITE)
    assert i18n.gettext("Please call the office") in client.page("/kader").get_text()


def test_before_the_number_is_changed_it_only_says_get_in_touch(client, kader):
    writes(client)
    receipt = db.session.execute(text("SELECT handover FROM receipt")).scalar_one()
    assert receipt


def test_what_another_kader_or_the_office_has_is_not_there(client, kader):
    writes(client)
    report = the_report().id
    db.session.commit()
    for path in (f"/kantor/laporan/{report}", f"/kantor/laporan/{report}/langkah", "/kantor/laporan"):
        assert client.get(path).status_code == 404
    other = client.application.test_client()
    colleague = an_account("kader")
    a_ready_kader(colleague.id)
    come_in(other, colleague, a_device_of(colleague.id).id)
    assert other.page("/kader").select("#daftar .row") == []


def test_without_an_area_there_is_nothing_to_write(client):
    come_in(client, an_account("kader"))
    assert client.get(HERE).location == "/kader"


@pytest.mark.parametrize("role", ["penerima", "manajer", "admin", "konselor"])
def test_the_kaders_room_is_not_there_for_others(client, role):
    come_in(client, an_account(role))
    assert client.get(HERE).status_code == 404


def test_a_kader_who_was_moved_writes_from_the_new_area(client, kader):
    kaders.find(kader).move(kaders.Area("36.73.02.1001", "001/001"))
    db.session.commit()
    writes(client)
    assert the_report().kecamatan == "36.73.02"
