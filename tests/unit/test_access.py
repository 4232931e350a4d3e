"""Not yours is not there."""

from uuid import uuid4

import pytest

from pwa import access, conflicts, db
from tests.factories import a_report, an_account


@pytest.mark.each_kind
@pytest.mark.parametrize("role", ["penerima", "manajer"])
def test_who_receives_reports_finds_them(office, role):
    report, account = a_report(office, story="dia"), an_account(role=role)
    assert access.find(account, report.id).id == report.id
    assert access.find(account, uuid4()) is None


@pytest.mark.each_kind
@pytest.mark.parametrize("role", ["admin", "konselor", "kader"])
def test_who_does_not_receive_reports_finds_none(office, role):
    report, account = a_report(office, story="dia"), an_account(role=role)
    assert access.find(account, report.id) is None
    assert db.session.scalars(access.reports_for(account)).all() == []


def test_the_one_it_names_finds_none(office):
    report, account = a_report(office, story="dia"), an_account()
    conflicts.keep(report.id, account.id)
    assert access.find(account, report.id) is None
    assert access.find(an_account(), report.id) is not None
