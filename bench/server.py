"""Requests a second, their slowest hundredth, processor time, memory and start-up, beside a bare Flask hello."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice, repeat
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from bench import letters, load
from bench.bare import durable
from bench.house import House, Server, bare, running
from bench.table import Line

CONNECTIONS = (1, 16, 64)
ROUNDS = 5
SECONDS = 1.0
FORM = "application/x-www-form-urlencoded"
ENOUGH_LETTERS = 1_200  # more than one round can send


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder:
        house = House(Path(folder))
        yield _start_up(house)
        with running(house.serve()) as server, running(bare()) as hello:
            yield from _compared(house, server, hello)
            yield _without_script(server)
            yield Line("memory of the public role, after all this", server.memory, "MB", must=140, goal=90)
        yield Line("raw ceiling: one-row commits of SQLite", _commits(Path(folder) / "raw.db"), "/s")


def _start_up(house: House) -> Line:
    took = []
    for _ in range(3):
        with running(house.serve()) as server:
            took.append(server.took)
    return Line("start-up to the first answer", median(took), "s", must=1.5, goal=0.8)


class _Measured:
    """One kind of request at one number of connections, over several rounds."""

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.slowest: list[float] = []
        self.cpu: list[float] = []

    def add(self, server: Server, requests: Iterator[bytes], connections: int) -> None:
        before = server.cpu
        done = load.run(server.port, requests, connections=connections, seconds=SECONDS)
        if done.refused:
            raise RuntimeError(f"{done.refused} requests were refused.")
        self.rates.append(done.rate)
        self.slowest.append(done.p99)
        self.cpu.append((server.cpu - before) * 1000 / len(done.times))


def _compared(house: House, server: Server, hello: Server) -> Iterator[Line]:
    fresh = letters.sealed(house.settings)
    kinds: dict[str, tuple[Server, Callable[[], Iterator[bytes]]]] = {
        "hello": (hello, lambda: repeat(load.get(hello.port, "/"))),
        "home": (server, lambda: repeat(load.get(server.port, "/"))),
        "form": (server, lambda: repeat(load.get(server.port, "/cerita"))),
        "letter": (server, lambda: iter([_letter(server, each) for each in islice(fresh, ENOUGH_LETTERS)])),
    }
    row = urlencode({"story": letters.STORY}).encode()
    kinds["row"] = hello, lambda: repeat(load.post(hello.port, "/row", row, FORM))
    measured: dict[tuple[str, int], _Measured] = defaultdict(_Measured)
    for _ in range(ROUNDS):
        for connections in CONNECTIONS:
            for name, (where, requests) in kinds.items():
                measured[name, connections].add(where, requests(), connections)
    yield from _ratios(measured, "home", "home page", must=40, goal=60)
    yield from _ratios(measured, "form", "form page", must=40, goal=60)
    yield Line("form page, processor", median(measured["form", 16].cpu), "ms", must=1.2, goal=0.7)
    yield from _ratios(measured, "row", "for comparison: bare form with one durable row")
    yield from _ratios(measured, "letter", "sealed report, durable", must=12, goal=20)
    yield Line("sealed report, processor", median(measured["letter", 16].cpu), "ms", must=3, goal=2)
    for connections, must, goal in ((16, 120, 60), (64, 400, 200)):
        slowest = median(measured["letter", connections].slowest)
        yield Line(f"sealed report, p99 at {connections} connections", slowest, "ms", must=must, goal=goal)


def _ratios(
    measured: dict, name: str, what: str, *, must: float | None = None, goal: float | None = None
) -> Iterator[Line]:
    """Each round beside the hello of the same round: what else the machine does then hits both."""
    for connections in CONNECTIONS:
        own, hello = measured[name, connections].rates, measured["hello", connections].rates
        share = median(mine / bare * 100 for mine, bare in zip(own, hello, strict=True))
        label = f"{what}, {connections} connections ({median(own):.0f} of {median(hello):.0f}/s)"
        yield Line(label, share, "%", must=must, goal=goal, at_least=True)


def _letter(server: Server, letter: letters.Letter) -> bytes:
    return load.post(server.port, "/kirim", letter.body, "application/octet-stream")


def _without_script(server: Server) -> Line:
    requests = (load.post(server.port, "/cerita", letter.body, FORM) for letter in letters.typed())
    done = load.run(server.port, requests, connections=4, seconds=5, expect=303)
    return Line("report without JavaScript", done.rate, "/s", must=15, goal=30, at_least=True)


def _commits(path: Path) -> float:
    connection, start, count = durable(path), perf_counter(), 0
    while perf_counter() - start < SECONDS:
        connection.execute("INSERT INTO raw VALUES (randomblob(16), randomblob(1400))")
        count += 1
    connection.close()
    return count / (perf_counter() - start)
