"""A million reports later the office waits no longer than in its first year."""

import math
from time import perf_counter

import pytest
from sqlalchemy import insert, literal_column, select, text

from pwa import clock, db
from pwa.inbox import Tab
from pwa.receipts import Receipt
from pwa.reports import Report
from tests.conftest import settings_for
from tests.factories import a_report, an_account

pytestmark = pytest.mark.prove

FEW, MANY = 1_000, 1_000_000
OPEN_AT_FIRST, OPEN_LATER = (
    300,
    3_000,
)  # people close what is done; what is open grows with the city, not with the years
VISITS = 40
TIMES = 2


@pytest.fixture
def office(data_dir, postgres_url, app_for):
    settings = settings_for(data_dir, postgres_url)
    app = app_for(settings)
    client = app.test_client()
    client.sign_in(an_account())
    a_report(settings)
    return client


def fill(first: int, last: int, open_until: int) -> None:
    """Copies of the one report there is, as the database makes them: the numbers are their ids."""
    id, lookup = literal_column("md5('r' || number)::uuid"), literal_column("sha256(number::text::bytea)")
    receipt_id = literal_column("md5('n' || number)::uuid")
    age = literal_column("number * interval '1 minute'")
    state = literal_column(
        f"CASE WHEN number <= {open_until} THEN (ARRAY['received', 'triaged', 'waiting-for-her'])[1 + number % 3]"
        " ELSE (ARRAY['closed-without-case', 'handed-over', 'merged', 'spam'])[1 + number % 4] END"
    )
    reports = {"id": id, "lookup": lookup, "receipt_id": receipt_id, "state": state,
        "rank": literal_column("number % 4"), "due_at": clock.now() - age, "received_at": clock.now() - age}  # fmt: skip
    for model, changed in ((Receipt, {"id": receipt_id, "lookup": lookup}), (Report, reports)):
        numbers = text(f"generate_series({first}, {last}) AS number")
        columns = [column.name for column in model.__table__.columns]
        one = select(model.__table__).limit(1).subquery("one")
        copies = select(*(changed.get(name, one.c[name]) for name in columns)).select_from(one, numbers)
        db.session.execute(insert(model.__table__).from_select(columns, copies))
    db.session.commit()
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def p95(client, path: str) -> float:
    times = []
    for _ in range(VISITS):
        start = perf_counter()
        assert client.get(path).status_code == 200
        times.append(perf_counter() - start)
    return sorted(times)[math.ceil(VISITS * 0.95) - 1]


def test_with_a_million_reports_the_office_waits_at_most_twice_as_long(office):
    report = db.session.scalar(select(Report.id))
    db.session.rollback()
    paths = [*(f"/kantor/laporan?saring={tab}" for tab in Tab), f"/kantor/laporan/{report}"]
    fill(1, FEW, OPEN_AT_FIRST)
    early = {path: p95(office, path) for path in paths}
    fill(FEW + 1, MANY, FEW + OPEN_LATER - OPEN_AT_FIRST)
    late = {path: p95(office, path) for path in paths}
    print({path: (round(early[path] * 1000), round(late[path] * 1000)) for path in paths})
    assert not {path for path in paths if late[path] > TIMES * early[path]}
