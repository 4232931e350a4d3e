"""What travels: pages as they are pressed for a phone, all scripts, one report."""

import re
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from bench import letters
from bench.house import HOST, House, running
from bench.table import Line
from pwa.assets import BUNDLES

_STAFF = {"petugas.js", "ground.js", "outbox.js"}
_OFFICE = {"petugas.js", "htmx.js", "ground.js", "trip.js", "errands.js", "neighbour.js"}
_LOADED = {
    "a resident": BUNDLES.keys() - _OFFICE,
    "a counsellor": _STAFF | {"htmx.js", "trip.js"},
    "a kader": _STAFF | {"sapa.js", "errands.js", "neighbour.js"},
}


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder:
        house = House(Path(folder))
        with running(house.serve("all")) as server:
            for path in ("/", "/cerita"):
                yield Line(f"{path}, pressed", len(_get(server.port, path)) / 1000, "kB", must=12, goal=9)
            yield from _scripts(server.port)
        report = len(next(letters.sealed(house.settings)).body)
        yield Line("one report as it travels", report / 1000, "kB", must=4, goal=2.5)


def _scripts(port: int) -> Iterator[Line]:
    """Everything somebody can ever be sent, the worker included; nobody is sent what is for the others."""
    build = re.search(r'src="(/static/[0-9a-f]+)/', _get(port, "/", "identity").decode())[1]
    sizes = {name: len(_get(port, f"{build}/{name}")) for name in BUNDLES}
    worker = len(_get(port, "/service-worker.js"))
    for who, names in _LOADED.items():
        total = worker + sum(sizes[name] for name in names)
        yield Line(f"all scripts of {who}, pressed", total / 1000, "kB", must=30, goal=22)


def _get(port: int, path: str, encoding: str = "br") -> bytes:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}.")
    return answer.read()
