"""What lay on a phone for a day is taken like anything else, but nobody acts on it as if it were said just now."""

from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from pwa import clock, db, envelope, keys, receipts
from pwa.envelope import Label
from pwa.reports import Report
from pwa.visits import Visit
from tests.factories import a_report, a_visit, an_account
from tests.web.telling import shows_any_of

NOON = "2026-09-15 12:00:00+07:00"
DAY = 26 * 3600
TOLD = {"way": "phone", "number": "0812 3456 7890", "story": "dulu"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def a_letter(settings, told: dict, *, danger: bool = False) -> bytes:
    """As her phone seals it."""
    key = keys.sealing_key(settings.key_dir)
    label = Label(
        id=uuid4(), kind="report", lookup=uuid4().bytes * 2, kecamatan=None, language="id", danger=danger,
        written_at=clock.now().replace(microsecond=0),
    )  # fmt: skip
    lines = label.canonical()
    return len(lines).to_bytes(2, "big") + lines + envelope.seal(label, told, key.id, key.key)


def arrives(client, settings, *, waited: object, danger: bool = False) -> Report:
    body = a_letter(settings, TOLD, danger=danger)
    answer = client.post("/kirim", data=body, headers=SAME_SITE | {"X-Waited": str(waited)})
    assert answer.status_code == 200
    report = db.session.scalars(select(Report)).one()
    db.session.rollback()
    return report


@pytest.fixture
def officer(app, client):
    client.sign_in(an_account())
    return client


def test_its_age_is_counted_by_the_phone_that_kept_it(client, settings):
    with time_machine.travel(NOON, tick=False):
        report = arrives(client, settings, waited=DAY)
        assert report.is_late
        assert (report.received_at - report.told_at).total_seconds() == DAY
        assert report.written_at == report.received_at.replace(microsecond=0)


@pytest.mark.each_kind
@pytest.mark.parametrize("waited", ["", "x", "-5", "1e9", "٣", "9" * 400, "12.5"])
def test_whatever_a_phone_says_about_its_age_it_is_taken(client, settings, waited):
    answer = client.post(
        "/kirim",
        data=a_letter(settings, TOLD),
        headers=SAME_SITE | {"X-Waited": waited.encode().decode("latin-1")},
    )
    assert answer.status_code == 200
    assert 0 <= db.session.scalars(select(Report)).one().waited < 400 * 24 * 3600


def test_danger_of_yesterday_is_called_by_its_name(officer, settings):
    report = arrives(officer, settings, waited=DAY, danger=True)
    for path in ("/kantor/laporan", f"/kantor/laporan/{report.id}"):
        page = officer.page(path).get_text(" ", strip=True)
        assert "Emergency when written" in page, path
        assert "Danger now" not in page, path
        assert "Written 26 hours before it arrived" in page, path


def test_danger_of_this_hour_stays_danger_now(officer, settings):
    arrives(officer, settings, waited=3600, danger=True)
    page = officer.page("/kantor/laporan").get_text(" ", strip=True)
    assert "Danger now" in page
    assert "before it arrived" not in page


def test_nobody_calls_before_somebody_looked_whether_her_hours_still_hold(officer, settings):
    with time_machine.travel(NOON, tick=False):
        report = arrives(officer, settings, waited=DAY)
        path = f"/kantor/laporan/{report.id}/kontak"
        page = officer.page(path)
        assert not shows_any_of(page, "0812 3456 7890")
        assert "tel:" not in str(page)
        form = page.select_one(f'form[action="{path}/periksa"]')
        token = form.select_one("[name=csrf_token]")["value"]
        answer = officer.post(f"{path}/periksa", data={"csrf_token": token}, headers=SAME_SITE)
        assert (answer.status_code, answer.location) == (303, path)
        assert "0812 3456 7890" in officer.page(path).get_text()


def test_a_try_cannot_be_noted_before_that_either(officer, settings):
    with time_machine.travel(NOON, tick=False):
        report = arrives(officer, settings, waited=DAY)
        path = f"/kantor/laporan/{report.id}/kontak"
        token = officer.page(path).select_one("[name=csrf_token]")["value"]
        data = {"csrf_token": token, "upaya-who": "", "upaya-reached": "yes"}
        officer.post(path, data=data, headers=SAME_SITE)
        assert db.session.scalars(select(Report)).one().contacted_at is None


@pytest.fixture
def asked_yesterday(officer, settings) -> Visit:
    visit = a_visit(settings, told=TOLD | {"danger": "yes"})
    visit.waited, visit.danger = DAY, True
    db.session.commit()
    return visit


def test_a_visit_asked_for_yesterday_says_so(officer, asked_yesterday):
    for path in ("/kantor/kunjungan", f"/kantor/kunjungan/{asked_yesterday.id}"):
        page = officer.page(path).get_text(" ", strip=True)
        assert "Emergency when written" in page, path
        assert "Danger now" not in page, path
        assert "Written 26 hours before it arrived" in page, path


def test_nobody_calls_for_a_visit_before_somebody_looked_either(officer, asked_yesterday):
    path = f"/kantor/kunjungan/{asked_yesterday.id}/kontak"
    with time_machine.travel(NOON, tick=False):
        officer.sign_in(an_account())
        page = officer.page(path)
        assert not shows_any_of(page, "0812 3456 7890")
        token = page.select_one("[name=csrf_token]")["value"]
        noted = {"csrf_token": token, "kontak-outcome": "hers"}
        officer.post(path, data=noted, headers=SAME_SITE)
        told = officer.page(f"/kantor/kunjungan/{asked_yesterday.id}").get_text(" ", strip=True)
        assert "Not noted: nobody may call at this moment." in told
        form = page.select_one(f'form[action="{path}/periksa"]')
        answer = officer.post(form["action"], data={"csrf_token": token}, headers=SAME_SITE)
        assert (answer.status_code, answer.location) == (303, path)
        assert "0812 3456 7890" in officer.page(path).text


def test_a_report_shows_the_visits_asked_for_under_its_number(officer, settings):
    number = receipts.new_number()
    report, visit = a_report(settings, number), a_visit(settings, number)
    another = a_visit(settings)
    page = officer.page(f"/kantor/laporan/{report.id}")
    assert page.select_one(f'a[href="/kantor/kunjungan/{visit.id}"]')
    assert not page.select_one(f'a[href="/kantor/kunjungan/{another.id}"]')
