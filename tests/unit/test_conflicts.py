"""Whoever is named in a report must not handle it."""

import pytest
from sqlalchemy import text

from pwa import conflicts, db
from tests.factories import a_report, an_account
from tests.house import hidden_from


@pytest.mark.parametrize(
    ("named", "name", "same"),
    [
        ("Budi", "Budi Santoso", True),
        ("pak BUDI santoso", "Budi Santoso", True),
        ("Santoso, Budi", "Budi Santoso", True),
        ("Budi Hartono", "Budi Santoso", False),
        ("", "Budi Santoso", False),
        ("Li", "Li", False),
        (None, "Budi", False),
        (["Budi"], "Budi", True),
        (7, "Budi", False),
    ],
)
def test_a_name_concerns_somebody_when_the_shorter_stands_in_the_longer(office, named, name, same):
    assert conflicts.concerns({"who_name": named}, an_account(name=name)) is same


def test_a_report_is_hidden_from_the_one_it_names_and_from_nobody_else(office):
    named, other = an_account(name="Budi Santoso"), an_account(role="manajer")
    report = a_report(office, story="dia", who_name="Budi")
    conflicts.note(report, {"who_name": "Budi"})
    conflicts.note(report, {"who_name": "Budi"})
    assert hidden_from(report) == [named.id]
    assert other.id not in hidden_from(report)


def test_a_report_that_nobody_may_open_is_not_lost_in_silence(office):
    an_account(name="Budi Santoso")
    an_account(role="admin", name="Rina")
    report = a_report(office, story="dia")
    conflicts.note(report, {"who_name": "Budi"})
    rows = db.session.execute(text("SELECT action, object_id FROM audit")).all()
    assert rows == [("nobody-may-open", str(report.id))]


def test_what_is_one_matter_is_hidden_from_the_same_people(office):
    an_account(role="manajer")
    named = an_account(name="Budi Santoso")
    one, other = a_report(office, story="satu"), a_report(office, story="dua")
    conflicts.note(one, {"who_name": "Budi"})
    conflicts.share(other, one)
    assert hidden_from(other) == [named.id]
