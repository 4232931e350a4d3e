"""Whoever is signed in and tries a door that is somebody else's finds nothing there, and the office sees that they tried."""

import pytest
import time_machine
from bs4 import BeautifulSoup

from pwa import accounts, audit, clock, db, knocks
from tests.house import SAME_SITE, a_house


@pytest.fixture
def house(app, monkeypatch):
    monkeypatch.setattr(knocks, "MOST", 1_000)
    return a_house(app)


def knocks_of(house, role: str) -> list[str]:
    """What the audit says this person asked for in vain, oldest first."""
    db.session.rollback()
    query = db.session.query(audit.Entry).filter_by(action="not-there", account_id=house.people[role])
    return [entry.object_id for entry in query.order_by(audit.Entry.seq)]


def not_theirs(house, role: str) -> list:
    """Every room of the office that is another role's, with real things behind each door."""
    return [
        door for door in house.doors("GET", "POST", "PUT", "PATCH", "DELETE")
        if door.is_guarded and role not in door.may_enter
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["kader", "konselor", "penerima", "admin"])
def test_every_door_of_another_role_is_not_there_and_the_try_is_noted_once(house, role):
    doors = not_theirs(house, role)
    assert len(doors) > 20
    for door in doors:
        assert house.goes_through(door, role).status_code == 404, door
    noted = knocks_of(house, role)
    assert sorted(noted) == sorted(path[:64] for path in {door.path for door in doors})
    for door in doors[:5]:
        house.goes_through(door, role)
    assert knocks_of(house, role) == noted
    assert audit.verify().ok


@pytest.mark.parametrize("role", ["kader", "konselor"])
def test_what_is_anothers_in_a_room_of_ones_own_is_noted_too(house, role):
    others = house.ids["/kantor/perangkat/<uuid:id>"]
    visitor = house.visitor(role)
    token = {"csrf_token": house.token_of(role)}
    for path in (f"/akun/perangkat/{others}/hilang", f"/akun/perangkat/kunci-sandi/{others}/hapus"):
        assert visitor.post(path, data=token, headers=SAME_SITE).status_code == 404
        assert path[:64] in knocks_of(house, role)


def test_a_report_that_is_hidden_from_somebody_is_noted_once_under_its_own_name(house):
    from pwa import conflicts

    conflicts.keep(house.report, house.people["penerima"])
    db.session.commit()
    assert house.visitor("penerima").get(f"/kantor/laporan/{house.report}").status_code == 404
    assert audit.page()[0].action == "report-refused"
    assert knocks_of(house, "penerima") == []


def test_nobody_can_fill_the_audit_by_trying_a_thousand_addresses(house, monkeypatch):
    monkeypatch.setattr(knocks, "MOST", 5)
    for number in range(20):
        house.visitor("kader").get(f"/kantor/libur/2026-01-{number + 1:02}")
        house.visitor("kader").get("/kantor/laporan")
    assert len(knocks_of(house, "kader")) <= 5


def test_after_a_while_the_same_try_is_noted_again(house):
    house.visitor("kader").get("/kantor/laporan")
    with time_machine.travel(clock.now() + knocks.AGAIN_AFTER, tick=False):
        house.visitor("kader").get("/kantor/laporan")
    assert knocks_of(house, "kader") == ["/kantor/laporan"] * 2


def test_what_everybody_may_miss_is_no_knock(house):
    for path in ("/tidak-ada", "/icons/tidak-ada.png", "/luring/id/tidak-ada", "/maaf/418"):
        assert house.visitor("kader").get(path).status_code == 404
    assert knocks_of(house, "kader") == []


def test_the_admin_reads_of_it_in_words(house):
    house.visitor("kader").get(f"/kantor/laporan/{house.report}")
    page = BeautifulSoup(house.visitor("admin").get("/kelola/catatan").text, "html.parser")
    row = next(row for row in page.select("tbody tr") if "Asked for what is not theirs" in row.text)
    assert f"/kantor/laporan/{house.report}" in row.text
    assert accounts.find(house.people["kader"]).login in row.text
    assert "(kader)" in row.text
