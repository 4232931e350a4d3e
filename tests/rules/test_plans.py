"""With much in the house every page still finds its rows by an index; PostgreSQL says how it would look for them."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from pwa import db, handling
from pwa.accounts import find
from pwa.inbox import Tab
from pwa.levels import Level
from pwa.reports import Report
from tests.conftest import settings_for
from tests.house import ROLES, a_house
from tests.rules.test_queries import furnish

MANY = 20_000  # reading so many costs more than any index; most have ended
RECEIPT, REPORT = "md5('receipt' || nr)::uuid", "md5('report' || nr)::uuid"
OUTREACH = "md5('outreach' || nr)::uuid"
STAGE = "CASE nr % 40 WHEN 0 THEN 'planned' ELSE 'done' END"
AT = "now() - nr * interval '1 minute'"
STATE = """CASE nr % 40 WHEN 0 THEN 'received' WHEN 10 THEN 'triaged' WHEN 20 THEN 'waiting-for-her' WHEN 30 THEN 'spam'
           ELSE (ARRAY['merged', 'closed-without-case', 'handed-over'])[1 + nr % 3] END"""
FILLED = {
    "receipt": {"id": RECEIPT, "lookup": "sha256(nr::text::bytea)"},
    "report": {"id": REPORT, "receipt_id": RECEIPT, "state": STATE, "rank": "nr % 4", "received_at": AT, "due_at": AT},
    "addition": {"receipt_id": RECEIPT, "received_at": AT},
    "attachment": {"receipt_id": RECEIPT},
    "answer": {"receipt_id": RECEIPT, "at": AT},
    "transition": {"report_id": REPORT, "at": AT},
    "triage": {"report_id": REPORT, "at": AT},
    "contact_try": {"report_id": REPORT, "at": AT},
    "outreach": {"id": OUTREACH, "report_id": REPORT, "stage": STAGE, "due_at": AT},
    "outreach_try": {"outreach_id": OUTREACH, "at": AT},
}  # fmt: skip


@pytest.fixture
def house(app_for, data_dir, postgres_url):
    """One of everything, and each of it again and again."""
    house = a_house(app_for(settings_for(data_dir, postgres_url)))
    furnish(house, 1)
    report, by = db.session.get(Report, house.report), find(house.people["penerima"])
    handling.weigh(report, {}, suggested=Level.TINGGI, level=Level.TINGGI, reason="", by=by)
    db.session.commit()
    for table, changes in FILLED.items():
        _multiply(db.Model.metadata.tables[table], {"id": "gen_random_uuid()"} | changes)
    db.session.commit()
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    db.session.remove()
    return house


def _multiply(table, changes: dict[str, str]) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(changes.get(column.name, f'one."{column.name}"') for column in table.columns)
    db.session.execute(
        text(
            f"INSERT INTO {table.name} ({columns}) SELECT {values}"
            f" FROM (SELECT * FROM {table.name} LIMIT 1) AS one, generate_series(1, {MANY}) AS nr"
        )
    )


@contextmanager
def plans():
    """How the database would do each statement of this block."""
    asked, found = [], []

    def note(connection, cursor, statement, parameters, *_):
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, parameters))

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    with db.engine().connect() as connection:
        for statement, parameters in asked:
            lines = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            found.append((statement, "\n".join(line[0] for line in lines)))


def read_through(found) -> list[str]:
    """The statements that would read a whole table of those that grow."""
    grown = re.compile(rf"Seq Scan on ({'|'.join(FILLED)})\b")
    return [f"{statement}\n{plan}" for statement, plan in found if grown.search(plan)]


def test_no_page_reads_a_whole_table_to_find_its_rows(house):
    with plans() as found:
        for role in ROLES:
            for door in house.doors("GET"):
                if role in door.may_enter:
                    house.goes_through(door, role)
    assert len(found) > 100, "the walk saw no statements"
    assert read_through(found) == []


@pytest.mark.parametrize("tab", Tab)
def test_each_list_is_found_in_its_order_however_many_have_ended(house, tab):
    with plans() as found:
        page = house.visitor("manajer").page(f"/kantor/laporan?saring={tab.value}")
        house.visitor("manajer").page(page.select_one("a.more")["href"])
    lists = [
        plan
        for _, plan in found
        if re.search("Limit.*Index.*Scan.* using ix_report_(urgency|age)", plan, re.S)
    ]
    assert len(lists) == 2, "both pages by the index of their order"
    assert read_through(found) == []
