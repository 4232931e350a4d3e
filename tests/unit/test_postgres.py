"""The database that tests share one after the other: each of them finds it as `pwa init` leaves it."""

import pytest
from sqlalchemy import create_engine, text

from tests.house import everything_in


@pytest.fixture
def house(_postgres_house):
    return _postgres_house


def after(house, *statements: str) -> tuple[str, bytes]:
    """The address of the next database, and all that stands in it, once a test has said this to the one before."""
    engine = create_engine(house.ready())
    with engine.begin() as connection:
        for each in statements:
            connection.execute(text(each))
    engine.dispose()
    house.used()
    engine = create_engine(house.ready())
    try:
        return house.ready(), everything_in(engine)
    finally:
        engine.dispose()


def test_rows_that_were_written_changed_or_deleted_are_as_before(house):
    _, before = after(house)
    assert after(
        house,
        "DELETE FROM kelurahan",
        "UPDATE site_fact SET value = '\\x00'",
    ) == (house.ready(), before)


def test_after_a_change_of_the_tables_there_is_a_new_one(house):
    address, before = after(house)
    new, found = after(house, "ALTER TABLE account DROP COLUMN name CASCADE")
    assert new != address
    assert found == before


def test_whoever_is_still_connected_holds_up_nobody(house):
    address, before = after(house)
    engine = create_engine(house.ready())
    with engine.connect() as idle:
        idle.execute(text("LOCK TABLE kelurahan"))
        house.used()
        idle.invalidate()
    engine.dispose()
    assert after(house) == (address, before)
