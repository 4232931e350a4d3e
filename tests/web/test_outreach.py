"""Sapa, as the people of the office meet it: planned under a report, listed by day, tried in her safe hours."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import text

from pwa import conflicts, db, outreach, unpacking
from pwa.outreach import Outreach, Stage
from tests import factories
from tests.factories import an_account

LIST = "/kantor/sapaan"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NUMBER = "0812 3456 7890"
MONDAY_TEN = datetime(2026, 11, 23, 3, tzinfo=UTC)  # in Serang it is ten in the morning
MONDAY_TWELVE = MONDAY_TEN + timedelta(hours=2)
TOLD = {"story": "dia memukul", "way": "phone", "number": NUMBER, "days": ["mon"], "hours": ["morning"],
        "code_word": "melati", "cover": "dari bank"}  # fmt: skip
PLAN = {"sapaan-agreement": "by-phone", "sapaan-agreed_on": "2026-11-20", "sapaan-day": "2026-11-30"}


@pytest.fixture
def a_report(client, settings):
    def make(**told):
        report = factories.a_report(settings, told=TOLD | told)
        unpacking.unpack_arrived()
        return report

    return make


@pytest.fixture
def monday_ten():
    with time_machine.travel(MONDAY_TEN, tick=False) as hands:
        yield hands


@pytest.fixture
def colleague(client, monday_ten):
    """A second browser with somebody else at it."""

    def come(role="penerima", **parts):
        browser = client.application.test_client()
        browser.account = an_account(role=role, **parts)
        browser.sign_in(browser.account)
        db.session.commit()
        return browser

    return come


@pytest.fixture(params=["penerima", "manajer"])
def officer(colleague, request):
    return colleague(request.param)


def act(browser, path, **typed):
    token = browser.page("/akun").select_one("[name=csrf_token]")["value"]
    return browser.post(path, data={"csrf_token": token, **typed}, headers=SAME_SITE)


def planned(browser, report, **typed) -> Outreach:
    answer = act(browser, f"/kantor/laporan/{report.id}/sapaan", **(PLAN | typed))
    assert (answer.status_code, answer.location) == (303, f"/kantor/laporan/{report.id}/langkah")
    db.session.expire_all()
    return db.session.scalars(outreach.of(report)).one_or_none()


def page_of(plan) -> str:
    return f"{LIST}/{plan.id}"


def tries(browser, plan, **typed):
    named = {f"upaya-{name}": answer for name, answer in typed.items()}
    return act(browser, f"{page_of(plan)}/upaya", **named)


def found(plan) -> Outreach:
    db.session.expire_all()
    return db.session.get(Outreach, plan.id)


def actions() -> list[str]:
    return list(db.session.scalars(text("SELECT action FROM audit ORDER BY seq")))


def test_a_contact_is_planned_under_the_steps_of_a_report_and_listed_by_its_day(officer, a_report):
    later, sooner = a_report(), a_report()
    second = planned(officer, later, **{"sapaan-day": "2026-12-07"})
    first = planned(officer, sooner, **{"sapaan-purpose": "tanya kabar"})
    assert officer.page(f"/kantor/laporan/{sooner.id}/langkah").select_one(f"a[href='{page_of(first)}']")
    rows = officer.page(LIST).select(".row")
    assert [row.a["href"] for row in rows] == [page_of(first), page_of(second)]
    assert "30 November 2026 pukul 06.00" in rows[0].get_text()
    said = officer.page(page_of(first)).get_text(" ", strip=True)
    for part in ("20 November 2026: By phone", officer.account.name, "tanya kabar"):
        assert part in said
    assert "outreach-planned" in actions()


def test_the_page_says_whom_it_is_with(colleague, a_report):
    penerima = colleague()
    report = a_report(
        variant="proxy", name="Ibu Ani", knows="yes", her_name="Siti", her_way="phone", her_number="0899 1111 2222"
    )  # fmt: skip
    choices = penerima.page(f"/kantor/laporan/{report.id}/langkah").select("[name=sapaan-who]")
    assert [each["value"] for each in choices] == ["teller", "her_"]
    for who, name in (("teller", "The one who told us: Ibu Ani"), ("her_", "The person it is about: Siti")):
        act(penerima, f"/kantor/laporan/{report.id}/sapaan", **(PLAN | {"sapaan-who": who}))
        plan = db.session.scalars(outreach.of(report)).all()[-1]
        assert name in [each.get_text() for each in penerima.page(page_of(plan)).select(".way h2")]


def test_in_her_hours_the_number_can_be_dialled_and_the_try_leads_on(officer, a_report):
    plan = planned(officer, a_report())
    page = officer.page(page_of(plan))
    assert page.select_one(".number a")["href"] == "tel:+6281234567890"
    assert actions()[-1] == "contact-shown"
    tries(officer, plan, reached="no", note="tidak diangkat", day="2026-12-07")
    said = officer.page(page_of(plan)).select_one("#upaya").get_text(" ", strip=True)
    for part in ("Not reached", "tidak diangkat", "7 Desember 2026 pukul 06.00"):
        assert part in said
    tries(officer, plan, reached="yes", ending="sudah pindah ke rumah ibunya")
    assert [row.a["href"] for row in officer.page(f"{LIST}?saring=selesai").select(".row")] == [page_of(plan)]
    assert officer.page(LIST).select(".row") == []
    assert "sudah pindah" in officer.page(page_of(plan)).get_text()


def test_an_open_page_looks_again_when_her_hours_end(officer, a_report):
    answer = officer.get(page_of(planned(officer, a_report())))
    assert answer.headers["Refresh"] == str(60 * 60 + 1)


def test_outside_her_hours_there_is_nothing_to_dial_anywhere_and_no_try_counts(officer, a_report, monday_ten):
    plan = planned(officer, a_report(cover=f"call {NUMBER}"))
    monday_ten.move_to(MONDAY_TWELVE)
    officer.sign_in(officer.account)
    db.session.commit()
    shown = officer.get(page_of(plan)).text + officer.get(LIST).text
    for part in (NUMBER, "81234567890", "tel:", "wa.me", "melati"):
        assert part not in shown
    assert "Not in the safe hours now." in shown
    assert actions()[-1] == "contact-refused"
    tries(officer, plan, reached="yes", ending="x")
    assert "nobody may call at this moment" in officer.page(page_of(plan)).get_text()
    assert found(plan).stage is Stage.PLANNED


def test_when_it_has_ended_her_number_is_gone_from_the_page(officer, a_report):
    plan = planned(officer, a_report())
    act(officer, f"{page_of(plan)}/akhir", **{"akhir-reason": "she asked to stop"})
    shown = officer.get(page_of(plan)).text
    assert "she asked to stop" in shown
    for part in (NUMBER, "81234567890", "melati", '<form method="post" action="/kantor/sapaan'):
        assert part not in shown


@pytest.mark.parametrize(
    ("told", "typed", "said"),
    [
        ({}, {"sapaan-day": "2026-12-01"}, "No safe hours on that day."),
        ({"way": "never"}, {}, "may not be called"),
        ({"way": "here"}, {}, "may not be called"),
        ({}, {"sapaan-who": "her_"}, "may not be called"),
        ({"variant": "proxy", "her_way": "phone", "her_number": NUMBER, "knows": "no"}, {"sapaan-who": "her_"},
         "may not be called"),
        ({}, {"sapaan-day": "2026-11-23"}, "A day from tomorrow to 180 days from now."),
        ({}, {"sapaan-day": "2027-11-23"}, "A day from tomorrow to 180 days from now."),
        ({}, {"sapaan-day": ""}, "Choose a day."),
        ({}, {"sapaan-agreement": ""}, "Choose an answer."),
        ({}, {"sapaan-agreement": "shouted"}, "Choose an answer from the list."),
        ({}, {"sapaan-agreed_on": "2026-11-24"}, "The date cannot be after today."),
        ({}, {"sapaan-agreed_on": ""}, "Choose a day."),
        ({}, {"sapaan-purpose": "x" * 501}, "At most 500 characters."),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_says_why_and_keeps_what_was_typed(colleague, a_report, told, typed, said):
    penerima, report = colleague(), a_report(**told)
    assert (
        planned(penerima, report, **(typed | {"sapaan-purpose": typed.get("sapaan-purpose", "tanya kabar")}))
        is None
    )
    page = penerima.page(f"/kantor/laporan/{report.id}/langkah")
    assert said in page.get_text()
    if field := page.select_one("[name=sapaan-purpose]"):
        assert field.get_text().strip() == typed.get("sapaan-purpose", "tanya kabar")
    else:
        assert "may not be called" in said


def test_a_second_plan_for_the_same_person_waits_for_the_first_to_end(officer, a_report):
    report = a_report()
    planned(officer, report)
    act(officer, f"/kantor/laporan/{report.id}/sapaan", **PLAN)
    assert "planned already" in officer.page(f"/kantor/laporan/{report.id}/langkah").get_text()


def test_of_two_people_the_right_ones_hours_count(colleague, a_report):
    penerima = colleague()
    report = a_report(
        variant="proxy", knows="yes", her_way="phone", her_number="0899 1111 2222", her_days=["tue"], her_hours=["morning"]
    )  # fmt: skip
    plan = planned(penerima, report, **{"sapaan-who": "her_", "sapaan-day": "2026-12-01"})
    shown = penerima.get(page_of(plan)).text
    for part in (NUMBER, "81234567890", "1111"):
        assert part not in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reached": "no"}, "Choose the next day, or say why it ends."),
        ({"reached": "no", "day": "2026-12-07", "ending": "x"}, "Either a next day or an end, not both."),
        ({"reached": "no", "day": "2026-11-01"}, "A day from tomorrow"),
        ({"ending": "x"}, "Choose an answer."),
        ({"reached": "no", "day": "2026-12-01"}, "No safe hours on that day."),
    ],
)
def test_a_try_that_leads_nowhere_is_kept_and_says_why(colleague, a_report, typed, said):
    penerima = colleague()
    plan = planned(penerima, a_report())
    assert tries(penerima, plan, note="catatan", **typed).status_code == 303
    assert said in penerima.page(page_of(plan)).select_one("#upaya").get_text()
    assert found(plan).stage is Stage.PLANNED


def test_to_everybody_else_there_is_no_such_contact(client, colleague, a_report):
    penerima, report = colleague(), a_report(who_name="Budi Santoso")
    plan = planned(penerima, report)
    named, admin = colleague(name="Budi Santoso"), colleague("admin")
    assert named.page(LIST).select(".row")[1:] == []
    for browser in (named, admin, client):
        assert browser.get(page_of(plan)).status_code == 404
        for step in ("upaya", "akhir"):
            assert browser.post(f"{page_of(plan)}/{step}", headers=SAME_SITE).status_code in (404, 303)
        assert browser.post(f"/kantor/laporan/{report.id}/sapaan", headers=SAME_SITE).status_code in (
            404,
            303,
        )
    assert "report-refused" in actions()
    assert penerima.get(f"{LIST}/{uuid4()}").status_code == 404
    assert found(plan).stage is Stage.PLANNED


def test_somebody_it_was_hidden_from_later_finds_it_gone(officer, a_report):
    plan = planned(officer, a_report())
    conflicts.keep(plan.report_id, officer.account.id)
    db.session.commit()
    assert officer.get(page_of(plan)).status_code == 404
    for step in ("upaya", "akhir"):
        assert act(officer, f"{page_of(plan)}/{step}").status_code == 404
    assert officer.page(LIST).select(".row") == []
    assert actions()[-3:] == ["report-refused"] * 3


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "query", ["sesudah=x", "sesudah=1.2.3", "saring=x&sesudah=1.1." + "9" * 500, "saring=%00"]
)
def test_a_list_takes_any_nonsense_in_its_address(colleague, query):
    colleague().page(f"{LIST}?{query}")


def test_nothing_staff_write_rests_in_plain(colleague, a_report):
    penerima, canary = colleague(), "kenari-4711"
    plan = planned(penerima, a_report(), **{"sapaan-purpose": canary})
    tries(penerima, plan, reached="yes", note=canary, ending=canary)
    assert found(plan).ending == canary
    for table in db.Model.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            for value in row:
                plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert canary.encode() not in plain, table.name
