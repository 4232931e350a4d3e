"""The deliverer dies at any moment, again and again: every alert is accepted at least once, and danger never queues."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path
from random import Random
from time import monotonic, sleep
from uuid import UUID

import pytest
from sqlalchemy import select, update

from pwa import db, push
from pwa.push import Subject
from pwa.sendings import Sending, State
from tests.factories import a_phone_of, an_account
from tests.push_double import Double, Phone, a_double
from tests.served import wait_until

PWA = Path(sys.executable).with_name("pwa")
PEOPLE = 10
LIFE = (0.02, 0.4)
MANY = 1_000


@pytest.fixture
def double():
    with a_double() as double:
        yield double


@pytest.fixture
def here(settings, double, database):
    return replace(settings, push_double=double.url)


def phones(here, double: Double) -> dict[UUID, Phone]:
    people = [an_account() for _ in range(PEOPLE)]
    return {each.id: a_phone_of(each, here, f"{double.url}/{number}") for number, each in enumerate(people)}


def promise(people: list[UUID], count: int) -> None:
    for number in range(count):
        push.promise(Subject.TASK, to=people[number % len(people)], path="/kantor/laporan")
    db.session.commit()


@contextmanager
def a_deliverer(here, log):
    environ = {
        **os.environ, "PWA_DATA_DIR": str(here.data_dir), "PWA_DATABASE_URL": here.database_url,
        "PWA_PUSH_DOUBLE": here.push_double,
    }  # fmt: skip
    process = subprocess.Popen([PWA, "deliver"], env=environ, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def seen(double: Double, held: dict[UUID, Phone]) -> set[UUID]:
    """The ids in everything that arrived: read as the phones would."""
    by_path = {phone.endpoint.removeprefix(double.url): phone for phone in held.values()}
    return {UUID(by_path[each.path].reads(each.body).decode()[13:45]) for each in list(double.received)}


def left() -> int:
    db.session.rollback()
    with db.reading():
        promised = db.session.scalars(
            select(push.Alert.id).where(push.Alert.state == push.State.PROMISED)
        ).all()
        waiting = db.session.scalars(select(Sending.id).where(Sending.state == State.WAITING)).all()
        db.session.rollback()
    return len(promised) + len(waiting)


def twenty_seconds_pass() -> None:
    """What the dead held is let go, without waiting for it; the long form waits."""
    db.session.execute(update(Sending).values(claimed_until=None))
    db.session.commit()


@pytest.mark.parametrize(("count", "kills"), [(120, 3), pytest.param(MANY, 20, marks=pytest.mark.prove)])
def test_however_often_the_deliverer_is_killed_every_alert_arrives(here, double, tmp_path, count, kills):
    held, chance = phones(here, double), Random(count)
    promise(list(held), count)
    with (tmp_path / "log").open("wb") as log:
        for _ in range(kills):
            before = len(double.received)
            with a_deliverer(here, log) as process:
                wait_until(lambda n=before: len(double.received) > n or not left(), "it sends", 60)
                sleep(chance.uniform(*LIFE))
                process.send_signal(signal.SIGKILL)
                process.wait()
            if count < MANY:
                twenty_seconds_pass()
        with a_deliverer(here, log), a_deliverer(here, log):
            wait_until(lambda: left() == 0, "nothing is left", 240)
    sendings = db.session.scalars(select(Sending)).all()
    assert len(sendings) == count
    assert {each.state for each in sendings} == {State.ACCEPTED}
    assert {each.id for each in sendings} <= seen(double, held)
    topics = {each.path: set() for each in double.received}
    for each in double.received:
        topics[each.path].add(each.headers["Topic"])
    assert {len(found) for found in topics.values()} == {1}, "nobody sees two of one kind at once"


@pytest.mark.parametrize(
    ("count", "times", "within"), [(60, 3, 10), pytest.param(1_000, 20, 1, marks=pytest.mark.prove)]
)
def test_danger_among_a_long_list_leaves_at_once(here, double, tmp_path, count, times, within):
    """With two deliverers, the 95th of a hundred. The short form proves the order: a busy machine proves no second."""
    held = phones(here, double)
    officer = an_account()
    a_phone_of(officer, here, f"{double.url}/danger")
    promise(list(held), count)
    waits = []
    with (tmp_path / "log").open("wb") as log, a_deliverer(here, log), a_deliverer(here, log):
        wait_until(lambda: double.received, "the first leaves", 60)
        for number in range(times):
            started = monotonic()
            push.promise(Subject.DANGER_NOW, to=officer.id, path="/kantor/panggilan", urgent=True)
            db.session.commit()
            wait_until(lambda n=number: double.paths().count("/danger") > n, "danger leaves", 60)
            waits.append([each.at for each in double.received if each.path == "/danger"][-1] - started)
    arrived = sorted(waits)
    assert arrived[ceil(0.95 * times) - 1] <= within, arrived
