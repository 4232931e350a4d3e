"""Pages cost a handful of questions to the database, and no more when there is more in it."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import event

from pwa import answers, db, unpacking
from pwa.answers import Sort
from pwa.handling import Transition, Try
from pwa.receipts import Receipt
from pwa.reports import Report, State
from tests.factories import an_account
from tests.house import NOBODY, ROLES, a_house, a_planned_contact, some_reports

MOST = 6
NOT_A_PAGE = {"leaving.leave_by_link"}  # forgets what was kept and sends on
WORDS = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK", "PRAGMA")


@pytest.fixture
def house(app):
    return a_house(app)


# A page that asks more when there is more does so on any kind of database; the first walk meets both.
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def counted():
    """The statements sent to the database in this block."""
    said = []

    def note(connection, cursor, statement, *_):
        if not statement.startswith(WORDS):
            said.append(statement.split("\n")[0][:120])

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def cost_of_pages(house) -> dict[tuple[str, str], int]:
    """How many statements each page takes, by reader and page; the second time, when everybody has been there."""
    costs = {}
    for role in ROLES:
        for door in house.doors("GET"):
            if role in door.may_enter and door.endpoint not in NOT_A_PAGE:
                house.goes_through(door, role)
                with counted() as said:
                    answer = house.goes_through(door, role)
                assert answer.status_code < 500 or door.path in ("/maaf/503", "/healthz"), door
                costs[role, door.endpoint] = len(said)
    return costs


def furnish(house, count: int) -> None:
    """`count` more of everything that hangs on the report behind the doors."""
    report = db.session.get(Report, house.report)
    by = house.people["manajer"]
    receipt = db.session.get(Receipt, report.receipt_id)
    number = house.app.config["SEALER"].stretch(house.number)
    for at in range(count):
        a_planned_contact(report.id, by=by)
        answers.answer(receipt, f"jawaban {at}", sort=Sort.REPLY, by=by)
        db.session.add(Try(report_id=report.id, reached=False, note="n", by_id=by))
        db.session.add(
            Transition(report_id=report.id, before=State.RECEIVED, after=State.TRIAGED, reason="r", by_id=by, role="m")
        )  # fmt: skip
        house.app.config["SEALER"].add(uuid4(), f"tambahan {at}", number, language="id", body_key=b"k")
    db.session.commit()
    while unpacking.unpack_arrived():
        pass
    for _ in range(count):
        an_account("penerima")
    db.session.remove()


def test_no_page_asks_the_database_more_than_six_times(house):
    costs = cost_of_pages(house)
    assert not {page: cost for page, cost in costs.items() if cost > MOST}


@one_kind
def test_pages_cost_the_same_with_one_thirty_or_three_hundred_reports(house):
    one = cost_of_pages(house)
    for more in (29, 270):
        some_reports(house.app, more)
        db.session.remove()
        assert cost_of_pages(house) == one


@one_kind
def test_a_report_with_much_hanging_on_it_costs_no_more(house):
    furnish(house, 1)
    few = cost_of_pages(house)
    furnish(house, 12)
    assert cost_of_pages(house) == few


@one_kind
def test_her_answers_cost_the_same_however_many_they_are(house):
    visitor = house.visitor(NOBODY)
    costs = []
    for more in (1, 12):
        furnish(house, more)
        visitor.post("/kabar", data={"number": house.number})
        with counted() as said:
            visitor.page("/kabar")
        costs.append(len(said))
    assert costs[0] == costs[1] <= MOST, said
