"""Free times for a visit: what the diary still has, sorted by the hours this person named, offered by one touch."""

from datetime import date

import pytest
import time_machine

from pwa import contact, counsellors, db, diary, hours
from pwa.counsellors import Sex
from pwa.hours import Span
from pwa.levels import Level
from pwa.resources import Kind
from pwa.visits import State
from tests.factories import a_visit, an_account
from tests.rules.test_queries import MOST, counted
from tests.web.test_visits import MORNING, SAME_SITE, Officer, the_visit

MONDAY, TUESDAY, WEDNESDAY = (date(2027, 1, day) for day in (4, 5, 6))


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def konselor(app) -> Officer:
    return Officer(app, "konselor", "/konselor/kunjungan")


def asks(settings, **told):
    """For a visit in the office: nobody has a way to go there."""
    return a_visit(settings, meeting="office", **told)


def shown(officer: Officer, visit, **chosen) -> dict[str, tuple[list[str], list[str]]]:
    """By day, the hours to press: within the hours she named, and outside them."""
    asked = {"tawaran-counsellor": str(officer.account.id), "tawaran-length": "60"} | chosen
    page = officer.browser.page(f"{officer.room}/{visit.id}/luang", query_string=asked)
    days = {}
    for form in page.select("#luang form"):
        other = [button["value"] for button in form.select("details button")]
        every = [button["value"] for button in form.select("button")]
        days[form.select_one("[name=tawaran-day]")["value"]] = (
            [hour for hour in every if hour not in other],
            other,
        )
    return days


def test_the_hours_when_nothing_is_booked_can_be_pressed(settings, konselor):
    visit = asks(settings)
    before = shown(konselor, visit)["2027-01-05"][0]
    diary.book(
        visit.id, [konselor.account.id], hours.at(TUESDAY, 600), hours.at(TUESDAY, 660), buffer=hours.QUARTER
    )
    db.session.commit()
    after = shown(konselor, visit)["2027-01-05"][0]
    assert before[0] == "08:00"
    assert before[-1] == "15:00"
    assert set(before) - set(after) == {"09:00", "09:30", "10:00", "10:30", "11:00"}


def test_one_touch_offers_it(settings, konselor):
    visit = asks(settings)
    page = konselor.browser.page(
        f"/konselor/kunjungan/{visit.id}/luang?tawaran-counsellor={konselor.account.id}"
    )
    form = page.select_one("#luang form")
    typed = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    press = form.select_one("button")
    answer = konselor.browser.post(
        form["action"], data=typed | {press["name"]: press["value"]}, headers=SAME_SITE
    )
    assert answer.status_code == 303
    offered = the_visit()
    assert offered.state is State.OFFERED
    assert offered.start_at == hours.at(MONDAY, 8 * 60 + 30)
    assert offered.counsellor_id == konselor.account.id


def test_hours_this_person_did_not_name_stand_apart(settings, konselor):
    visit = asks(settings, days=["tue"], hours=["morning"])
    start, end = contact.HOURS["morning"]
    days = shown(konselor, visit)
    safe, other = days["2027-01-05"]
    assert safe
    assert all(start <= int(hour[:2]) < end for hour in safe)
    assert not any(start <= int(hour[:2]) < end for hour in other)
    assert days["2027-01-06"][0] == []


def test_everybody_and_everything_must_be_free(settings, konselor, app):
    visit, other = asks(settings), an_account("konselor")
    hours.exempt(other.id, Span.LEAVE, hours.at(TUESDAY), hours.at(WEDNESDAY))
    db.session.commit()
    assert "2027-01-05" in shown(konselor, visit)
    assert "2027-01-05" not in shown(konselor, visit, **{"tawaran-partner": str(other.id)})


def test_it_begins_with_who_has_taken_it_and_her_second_person(settings, konselor):
    visit, partner = asks(settings), an_account("konselor", name="Bu Ratna")
    counsellors.describe(konselor.account.id, sex=Sex.WOMAN, tongues=[], partner_id=partner.id)
    visit.counsellor_id, visit.level = konselor.account.id, Level.TINGGI
    db.session.commit()
    page = konselor.browser.page(f"/konselor/kunjungan/{visit.id}/luang")
    chosen = [each["value"] for each in page.select("option[selected]")]
    assert chosen[:2] == [str(konselor.account.id), str(partner.id)]
    assert page.select("#luang button")


def test_whom_this_person_wishes_for_is_marked(settings, konselor):
    visit, man = asks(settings, counsellor_sex="woman"), an_account("konselor", name="Pak Dadang")
    counsellors.describe(konselor.account.id, sex=Sex.WOMAN, tongues=[], partner_id=None)
    counsellors.describe(man.id, sex=Sex.MAN, tongues=[], partner_id=None)
    db.session.commit()
    page = konselor.browser.page(f"/konselor/kunjungan/{visit.id}/luang")
    names = page.select_one("#tawaran-counsellor").text
    assert f"{konselor.account.name} (as this person wishes)" in names
    assert names.count("as this person wishes") == 1


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"tawaran-counsellor": "x"},
        {"tawaran-counsellor": "\0", "tawaran-length": "-1"},
        {"tawaran-length": "99999999"},
        {"tawaran-room": Kind.ROOM, "tawaran-partner": "🙂" * 500},
    ],
)
def test_junk_shows_the_form_and_no_times(settings, konselor, asked):
    visit = asks(settings)
    assert not shown(konselor, visit, **asked) or asked == {}
    page = konselor.browser.page(f"/konselor/kunjungan/{visit.id}/luang", query_string=asked)
    assert page.select_one("#tawaran-counsellor")


def test_a_visit_that_has_its_time_is_offered_no_other(settings, konselor):
    visit = asks(settings)
    konselor.offers(visit.id)
    assert shown(konselor, visit) == {}


def test_what_is_another_counsellors_is_not_there(settings, konselor):
    visit = asks(settings)
    visit.counsellor_id = an_account("konselor").id
    db.session.commit()
    konselor.browser.page(f"/konselor/kunjungan/{visit.id}/luang", status=404)


def test_looking_costs_few_questions_however_many_work_here(settings, konselor):
    visit = asks(settings)
    shown(konselor, visit)
    costs = []
    for more in (1, 12):
        for _ in range(more):
            an_account("konselor")
        db.session.commit()
        db.session.remove()
        with counted() as said:
            assert shown(konselor, visit)
        costs.append(len(said))
    assert costs[0] == costs[1] <= MOST, said
