"""What is inside a visit stays inside: in no push, calendar, log line, kept page, address or row, and for nobody else."""

import logging
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from pwa import clock, db, jobs, receipts, shell, site, unpacking
from pwa import replies as office_replies
from pwa.deliver import Deliverer
from pwa.push import Alert, Subject
from pwa.receipts import Stretched
from pwa.visits import State, Visit
from tests.attack.hiding import found_in
from tests.attack.people import DIGITS, PHONE, SAME_SITE, Person, through
from tests.factories import a_phone_of, a_ready_kader, an_account, on_call
from tests.house import everything_in
from tests.push_double import Phone, a_double

MONDAY = datetime(2026, 11, 30, 8, tzinfo=clock.JAKARTA)
THURSDAY = MONDAY.replace(day=3, month=12)
DOORS = ("/temu", "/temu/titip", "/temu", "/kader/temu")


@dataclass
class Somebody(Person):
    """Signed in or not."""

    client: object = None

    @classmethod
    def at(cls, app, marker: str, account=None) -> "Somebody":
        client = app.test_client()
        if account:
            client.sign_in(account)
        return cls(through(client), marker, client=client)


@dataclass
class Town:
    """Who told what, and everything in which it must not be found."""

    app: object
    told: str = field(default_factory=lambda: f"kenanga{secrets.token_hex(6)}")
    noted: str = field(default_factory=lambda: f"catatan{secrets.token_hex(6)}")
    name: str = field(default_factory=lambda: f"Ratna{secrets.token_hex(6)}")
    numbers: list[str] = field(default_factory=list)

    def hidden(self) -> set[str | bytes]:
        found: set[str | bytes] = {self.told, self.noted, self.name, PHONE, DIGITS, DIGITS[1:]}
        for number in self.numbers:
            stretched = self._stretched(number)
            found |= {number, receipts.grouped(number), receipts.as_order_number(number)}
            found |= {stretched.lookup_id, stretched.reply_key}
        return found

    def asks(self, door: str, account=None) -> None:
        her = Somebody.at(self.app, self.told, account)
        page = her.submits(door, door, danger="no", meeting="home", counsellor_sex="", tongue="")
        self.numbers.append(receipts.tidy(page.select_one("output#nomor").text))

    def says(self, number: str, said: str, **typed: str) -> None:
        her = Somebody.at(self.app, self.told)
        page = her.submits("/kabar", "/kabar", number=number)
        form = next(
            each for each in page.select("form[action='/kabar/temu']") if each.select_one(f"[value={said}]")
        )
        fields = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
        assert her.send("POST", "/kabar/temu", fields | typed).status == 303
        office_replies.act_on_arrived()

    def visit_of(self, number: str) -> UUID:
        return db.session.scalars(
            select(Visit.id).where(Visit.lookup == self._stretched(number).lookup)
        ).one()

    def _stretched(self, number: str) -> Stretched:
        return receipts.stretch(number, site.salt(), self.app.config["SETTINGS"].receipt_rounds)

    def state_of(self, id: UUID) -> State:
        db.session.rollback()
        return db.session.scalar(select(Visit.state).where(Visit.id == id))


@pytest.fixture
def now():
    with time_machine.travel(MONDAY, tick=False) as moved:
        yield moved


@pytest.fixture
def double():
    with a_double() as double:
        yield double


@pytest.fixture
def town(now, settings, double, app_for) -> Town:
    return Town(app_for(replace(settings, push_double=double.url)))


def a_day_later(day: datetime) -> str:
    return (day + timedelta(days=1)).date().isoformat()


def ready_for_anything(town: Town) -> list[UUID]:
    """Somebody has asked through every door."""
    kader = an_account("kader", name=town.name)
    a_ready_kader(kader.id)
    for door in DOORS:
        town.asks(door, kader if door.startswith("/kader") else None)
    unpacking.unpack_arrived()
    return [town.visit_of(number) for number in town.numbers]


def offers(konselor: Somebody, id: UUID, account, hour: str) -> None:
    path = f"/konselor/kunjungan/{id}"
    konselor.submits(path, "/tawaran", **{
        "tawaran-day": THURSDAY.date().isoformat(), "tawaran-start": hour, "tawaran-length": "60",
        "tawaran-counsellor": str(account.id), "tawaran-partner": "", "tawaran-vehicle": "", "tawaran-room": "",
    })  # fmt: skip


def sent_by(double, phones: list[Phone]) -> bytes:
    """Everything the push service was given, opened as the phones would open it."""
    by_path = {phone.endpoint.rpartition("/")[2]: phone for phone in phones}
    opened = [by_path[each.path.strip("/")].reads(each.body) for each in double.received]
    headers = [str(each.headers).encode() for each in double.received]
    assert opened
    return b"\n".join([*opened, *headers])


def deliver(town: Town) -> None:
    deliverer = Deliverer(town.app.config["SETTINGS"])
    jobs._tidy(town.app)
    deliverer.look_round()
    while deliverer.send_some():
        pass


def kept_by_every_phone(app) -> bytes:
    stranger = app.test_client(use_cookies=False)
    kept = app.extensions["shell"].kept("localhost")
    pages = [stranger.get(path).data for path in kept.pages]
    assert len(pages) >= 2 * len(shell.OFFICE_PATHS)
    return b"\n".join([stranger.get("/service-worker.js").data, *pages])


def test_nothing_that_leaves_the_office_or_rests_in_it_says_who_or_where(town, now, double, caplog):
    caplog.set_level(logging.DEBUG)
    account, other, manajer = (
        an_account("konselor", name=town.name),
        an_account("konselor"),
        an_account("manajer"),
    )
    on_call(account, hours=12)
    phones = [a_phone_of(account, town.app.config["SETTINGS"], f"{double.url}/monday")]
    konselor = Somebody.at(town.app, town.noted, account)
    confirmed, moved, cancelled, carried = ready_for_anything(town)
    deliver(town)

    for id, hour in ((confirmed, "09:00"), (moved, "11:00"), (cancelled, "14:00")):
        konselor.submits(f"/konselor/kunjungan/{id}", "/penanganan")
        assert town.told in str(konselor.opens(f"/konselor/kunjungan/{id}")), "she reads what was told"
        konselor.submits(f"/konselor/kunjungan/{id}", "/tinjauan", **{"tinjauan-level": "sedang"})
        offers(konselor, id, account, hour)
    for number in town.numbers[:2]:
        town.says(number, "yes")
    town.says(town.numbers[1], "move", day=a_day_later(THURSDAY), hour="13:00")
    konselor.submits(f"/konselor/kunjungan/{moved}", "/persetujuan")
    konselor.submits(f"/konselor/kunjungan/{cancelled}", "/pembatalan")
    konselor.submits(f"/konselor/kunjungan/{carried}", "/penanganan")
    konselor.submits(f"/konselor/kunjungan/{carried}", "/kontak")
    deliver(town)
    assert town.state_of(cancelled) is State.CANCELLED_BY_OFFICE

    calendars = [konselor.client.get(path).data for path in ("/konselor/jadwal.ics",)]
    now.move_to(THURSDAY - timedelta(hours=2))
    konselor.client.sign_in(account)
    phones.append(a_phone_of(account, town.app.config["SETTINGS"], f"{double.url}/thursday"))
    deliver(town)
    way = f"/konselor/perjalanan/{confirmed}"
    konselor.submits("/konselor/perjalanan", "/kata", word=town.noted)
    for kind in ("departed", "arrived", "extend"):
        konselor.submits(way, "/tanda", kind=kind, word=town.noted)
    deliver(town)
    assert town.told in str(konselor.submits(f"{way}/alamat", "/alamat")), "at need she reads the address"
    konselor.submits(way, "/tanda", kind="finished")
    konselor.submits(f"/konselor/kunjungan/{confirmed}", "/lanjutan", **{
        "lanjutan-next": "contact", "lanjutan-day": a_day_later(THURSDAY),
    })  # fmt: skip
    assert town.noted in str(konselor.opens(f"/konselor/kunjungan/{confirmed}")), "what she wrote is there"
    deliver(town)

    hidden = town.hidden()
    subjects = set(db.session.scalars(select(Alert.subject)))
    assert {Subject.VISIT_ASKED, Subject.VISIT_CONFIRMED, Subject.VISIT_REMINDER, Subject.DURESS} <= subjects
    calendars += [konselor.client.get(f"/konselor/jadwal/{id}.ics").data for id in (confirmed, moved)]
    assert all(b"BEGIN:VCALENDAR" in each for each in calendars)
    watcher = Somebody.at(town.app, town.noted, manajer)
    watched = str(watcher.opens(f"/kantor/perjalanan/{confirmed}")).replace(town.name, "")
    db.session.remove()
    for where, content in {
        "pushes": sent_by(double, phones),
        "calendars": b"\n".join(calendars),
        "logs": caplog.text.encode(),
        "kept pages": kept_by_every_phone(town.app),
        "her page on the way": str(konselor.opens(way)).replace(town.name, "").encode(),
        "the watchers' page": watched.encode(),
        "rows": everything_in(db.engine()),
    }.items():
        assert content, where
        assert not found_in(content, hidden), where
    nobody_else_finds(town, other, (confirmed, moved, cancelled, carried))


def nobody_else_finds(town: Town, other, ids: tuple[UUID, ...]) -> None:
    stranger = Somebody.at(town.app, town.noted, other)
    for id in ids:
        for path in (
            f"/konselor/kunjungan/{id}", f"/konselor/kunjungan/{id}/kontak", f"/konselor/perjalanan/{id}",
            f"/konselor/perjalanan/{id}/alamat", f"/kantor/perjalanan/{id}", f"/konselor/jadwal/{id}.ics",
        ):  # fmt: skip
            answer = stranger.client.get(path, headers=SAME_SITE)
            assert answer.status_code == 404, path
            assert not found_in(answer.data, town.hidden()), path
    for path in ("/konselor", "/konselor/kunjungan", "/konselor/kunjungan?saring=terjadwal", "/konselor/perjalanan",
                 "/konselor/jadwal", "/kantor/perjalanan"):  # fmt: skip
        page = str(stranger.opens(path))
        assert not found_in(page.encode(), town.hidden() - {town.name}), path
        assert not re.search("|".join(map(str, ids)), page), path
