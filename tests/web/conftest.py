"""Somebody told something; somebody of the office may read it."""

import pytest
from sqlalchemy import select

from pwa import db, unpacking
from pwa.reports import Report
from tests.factories import an_account
from tests.web.telling import tells


@pytest.fixture
def number(client):
    number = tells(client, story="rahasia")
    client.post("/kabar/tutup")
    unpacking.unpack_arrived()
    return number


@pytest.fixture
def report(number) -> Report:
    return db.session.scalars(select(Report)).one()


@pytest.fixture
def officer(app, client):
    officer = app.test_client()
    officer.sign_in(an_account())
    return officer
