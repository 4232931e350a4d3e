"""How soon "danger now" leaves the building while a thousand ordinary alerts are due, and how fast those go."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from bench.house import House, running
from bench.table import Line
from pwa import db, keys, push, vault
from pwa.push import Subject
from pwa.settings import Settings
from tests.factories import a_phone_of, an_account
from tests.push_double import Double, a_double

ORDINARY, URGENT = 1_000, 20
EVERY = 0.2  # seconds between two people in danger
PATIENCE = 120


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder, a_double() as double:
        house = House(Path(folder))
        house.environ["PWA_PUSH_DOUBLE"] = double.url
        asked_at = _delivered(house, double)
    danger = [each.at - asked for each, asked in zip(_received(double, "/danger"), asked_at, strict=True)]
    calm = [each.at for each in _received(double, "/calm")]
    slowest = sorted(danger)[math.ceil(URGENT * 0.95) - 1]
    yield Line(
        f"danger now leaves, p95, {ORDINARY:,} ordinary ones due", slowest * 1000, "ms", must=1_000, goal=300
    )
    rate = (len(calm) - 1) / (calm[-1] - calm[0])
    yield Line("ordinary alerts leave", rate, "/s", must=100, at_least=True)


def _delivered(house: House, double: Double) -> list[float]:
    """When each "danger now" was promised; all of them and the ordinary ones have left when this returns."""
    settings = house.settings
    _enter(settings)
    calm, called = an_account(), an_account()
    a_phone_of(calm, settings, f"{double.url}/calm")
    a_phone_of(called, settings, f"{double.url}/danger")
    for _ in range(ORDINARY):
        push.promise(Subject.TASK, to=calm.id, path="/kantor/laporan")
    db.session.commit()
    asked_at = []
    with running(house.serve("deliver")):
        _wait_for(lambda: double.received)
        for _ in range(URGENT):
            asked_at.append(monotonic())
            push.promise(Subject.DANGER_NOW, to=called.id, path="/kantor/panggilan", urgent=True)
            db.session.commit()
            sleep(EVERY)
        _wait_for(lambda: len(double.received) >= ORDINARY + URGENT)
    vault.use(None)
    return asked_at


def _enter(settings: Settings) -> None:
    """As the office: it alone knows who works here."""
    db.connect(settings.database_url)
    held = keys.private_keys(settings.key_dir, settings.office_key_dir)
    vault.use(keys.open_vault(settings.office_key_dir, held))


def _received(double: Double, path: str) -> list:
    return sorted((each for each in double.received if each.path == path), key=lambda each: each.at)


def _wait_for(happened) -> None:
    until = monotonic() + PATIENCE
    while not happened():
        if monotonic() > until:
            raise TimeoutError("the alerts did not leave")
        sleep(0.02)
