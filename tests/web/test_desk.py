"""Somebody calls, writes or stands there, and a report is written at the desk."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from pwa import answers, db, receipts, reports, unpacking
from pwa.reports import Channel, Report
from tests.factories import an_account
from tests.web.telling import shows_any_of

DESK = "/kantor/meja"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def penerima(client):
    client.account = an_account()
    client.sign_in(client.account)
    db.session.commit()
    return client


def form_of(page) -> dict[str, str]:
    return {each["name"]: each["value"] for each in page.select("form.desk input[type=hidden]")}


def writes(browser, **told):
    answer = browser.post(DESK, data=form_of(browser.page(DESK)) | told, headers=SAME_SITE)
    assert (answer.status_code, answer.location) == (303, DESK)
    return browser.page(DESK)


def the_number(page) -> str:
    return receipts.tidy(page.select_one("#nomor").get_text())


def all_reports() -> list[Report]:
    db.session.expire_all()
    return list(db.session.scalars(select(Report)))


def test_a_report_is_sealed_and_gives_a_number_to_say_aloud(penerima, settings):
    page = writes(penerima, story="ibu itu menangis", channel="phone", area="36.73.01", danger="no", age="30")
    said = page.select_one("#nomor").get_text()
    assert [len(part) for part in said.split()] == [4] * 5
    assert receipts.is_well_formed(the_number(page))
    (report,) = all_reports()
    assert (report.channel, report.filed_by_id) == (Channel.DESK, penerima.account.id)
    assert db.session.get(receipts.Receipt, report.receipt_id).handover
    unpacking.unpack_arrived()
    shown = penerima.page(f"/kantor/laporan/{report.id}").get_text(" ", strip=True)
    for part in ("ibu itu menangis", "How did it reach the desk?", "Menelepon", "From the desk"):
        assert part in shown
    assert page.select_one(f"a[href='/kantor/laporan/{report.id}']")


def test_the_number_opens_only_please_get_in_touch_until_it_is_changed(penerima, settings):
    writes(penerima, story="dia")
    unpacking.unpack_arrived()
    (report,) = all_reports()
    receipt = db.session.get(receipts.Receipt, report.receipt_id)
    with pytest.raises(answers.HandoverOnly):
        answers.answer(receipt, "Rabu pukul 9", sort=answers.Sort.REPLY, by=penerima.account.id)
    answers.answer(receipt, "", sort=answers.Sort.GET_IN_TOUCH, by=penerima.account.id)


def test_a_double_tap_and_a_reload_give_one_report_and_one_number(penerima):
    form = form_of(penerima.page(DESK)) | {"story": "dia"}
    numbers = set()
    for _ in range(3):
        assert penerima.post(DESK, data=form, headers=SAME_SITE).status_code == 303
        numbers |= {the_number(penerima.page(DESK)), the_number(penerima.page(DESK))}
    assert len(numbers) == 1
    assert len(all_reports()) == 1


def test_another_text_under_a_used_form_begins_a_form_of_its_own_and_loses_nothing(penerima):
    form = form_of(penerima.page(DESK))
    penerima.post(DESK, data=form | {"story": "dia"}, headers=SAME_SITE)
    penerima.post(DESK, data=form | {"story": "lain sekali"}, headers=SAME_SITE)
    page = penerima.page(DESK)
    assert "it becomes another report" in page.get_text()
    assert page.select_one("[name=story]").get_text().strip() == "lain sekali"
    assert form_of(page)["id"] != form["id"]
    penerima.post(DESK, data=form_of(page) | {"story": "lain sekali"}, headers=SAME_SITE)
    assert len(all_reports()) == 2


def test_the_next_report_begins_with_an_empty_form(penerima):
    page = writes(penerima, story="dia")
    token = page.select_one("[name=csrf_token]")["value"]
    penerima.post(f"{DESK}/lain", data={"csrf_token": token}, headers=SAME_SITE)
    page = penerima.page(DESK)
    assert page.select_one("[name=story]").get_text().strip() == ""
    assert page.select_one("#nomor") is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"age": "200", "story": "dia"}, "A number from 0 to 120."),
        ({"number": "nanti", "story": "dia"}, "The phone number does not look right."),
        ({"her_number": "nanti", "story": "dia"}, "The phone number does not look right."),
        ({"channel": "pigeon", "story": "dia"}, "Choose an answer from the list."),
        ({"date": "2999-01-01", "story": "dia"}, "The date cannot be after today."),
        ({"story": ""}, "Nothing is filled in yet."),
        ({"channel": "phone", "about": "proxy"}, "Nothing is filled in yet."),
    ],
)
def test_what_cannot_be_sent_says_why_and_keeps_what_was_typed(penerima, told, said):
    page = writes(penerima, **told)
    assert said in page.get_text()
    assert page.select_one("[name=story]").get_text().strip() == told.get("story", "")
    assert all_reports() == []


def test_who_speaks_for_somebody_else_has_two_kinds_of_safety(penerima):
    writes(penerima, story="dia", about="proxy", knows="no", her_way="phone", her_number="0812 3456 7890")
    unpacking.unpack_arrived()
    (report,) = all_reports()
    shown = penerima.get(f"/kantor/laporan/{report.id}/kontak").text
    assert "This person does not know about the report" in shown
    assert not shows_any_of(shown, "0812 3456 7890")


def test_what_is_told_about_her_without_saying_so_is_still_about_her(penerima):
    writes(penerima, story="dia", about="own", her_way="phone", her_number="0812 3456 7890")
    unpacking.unpack_arrived()
    (report,) = all_reports()
    assert "The person it is about" in penerima.page(f"/kantor/laporan/{report.id}/kontak").get_text()


def test_danger_at_the_desk_says_to_call_together(penerima):
    assert "call 112 or 129 together" in writes(penerima, danger="yes").get_text()
    assert all_reports()[0].rank == 0


def test_writing_is_noted_without_a_word_of_it(penerima):
    writes(penerima, story="dia")
    rows = db.session.execute(text("SELECT action, kind, object_id FROM audit")).all()
    assert rows == [("filed-at-desk", "report", str(all_reports()[0].id))]


def test_nothing_written_at_the_desk_rests_in_plain(penerima):
    canary = "kenari-4711"
    number = the_number(writes(penerima, story=canary, name=canary))
    penerima.post(f"{DESK}/lain", data=form_of(penerima.page(DESK)), headers=SAME_SITE)
    for table in db.Model.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            for value in row:
                plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert canary.encode() not in plain, table.name
                assert number.encode() not in plain, table.name


@pytest.mark.each_kind
@pytest.mark.parametrize("id", ["", "x", "0" * 400])
def test_a_form_without_a_proper_id_is_still_taken(penerima, id):
    form = form_of(penerima.page(DESK)) | {"id": id, "story": "dia"}
    penerima.post(DESK, data=form, headers=SAME_SITE)
    assert penerima.page(DESK).select_one("#nomor")
    assert len(all_reports()) == 1


def test_a_used_number_of_somebody_else_is_never_given_out(penerima, monkeypatch):
    number = the_number(writes(penerima, story="dia"))
    monkeypatch.setattr(receipts, "derived_number", lambda key, id: number)
    penerima.post(
        DESK, data=form_of(penerima.page(DESK)) | {"id": str(uuid4()), "story": "dua"}, headers=SAME_SITE
    )
    token = penerima.page("/akun").select_one("[name=csrf_token]")["value"]
    form = {"csrf_token": token, "id": str(uuid4()), "story": "dua"}
    assert penerima.post(DESK, data=form, headers=SAME_SITE).status_code == 303
    assert penerima.page(DESK).select_one("[name=story]").get_text().strip() == "dua"
    assert db.session.scalar(select(func.count()).select_from(reports.Report)) == 1


@pytest.mark.parametrize("role", ["admin", None])
def test_to_everybody_else_the_desk_is_not_there(client, role):
    if role:
        client.sign_in(an_account(role=role))
        db.session.commit()
    assert client.get(DESK).status_code == 404
    for path in (DESK, f"{DESK}/lain"):
        assert client.post(path, data={"story": "dia"}, headers=SAME_SITE).status_code == 404
    assert all_reports() == []


def test_nobody_writes_without_the_token_of_the_form(penerima):
    assert penerima.post(DESK, data={"story": "dia"}, headers=SAME_SITE).location == "/maaf/400"
    assert all_reports() == []
