"""What travels: pages as they are pressed for a phone, all scripts, one report."""

import re
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from bench import letters
from bench.house import HOST, House, running
from bench.table import Line


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder:
        house = House(Path(folder))
        with running(house.serve("all")) as server:
            for path in ("/", "/cerita"):
                yield Line(f"{path}, pressed", len(_get(server.port, path)) / 1000, "kB", must=12, goal=9)
            yield Line("all scripts, pressed", _scripts(server.port) / 1000, "kB", must=30, goal=22)
        report = len(next(letters.sealed(house.settings)).body)
        yield Line("one report as it travels", report / 1000, "kB", must=4, goal=2.5)


def _scripts(port: int) -> int:
    """Those of residents and of the office together."""
    pages = (_get(port, path, "identity").decode() for path in ("/", "/masuk"))
    found = {script for page in pages for script in re.findall(r'<script src="([^"]+)"', page)}
    return sum(len(_get(port, script)) for script in found)


def _get(port: int, path: str, encoding: str = "br") -> bytes:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}.")
    return answer.read()
