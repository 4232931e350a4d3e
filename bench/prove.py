"""The long proofs, one after the other, and one table: `make prove`.

About 40 minutes on two cores with nothing else running. A proof that breaks is a miss, and the others still run.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module

from bench import table
from bench.table import Line

_NO_TESTS = 5
_NO_MATTER_HOW_MANY = {0, _NO_TESTS}
ATTACKS = {"PWA_FUZZ": "10000", "PWA_KILLS": "100"}


def main() -> int:
    proofs: list[tuple[str, Callable[[], Iterator[Line]]]] = [
        ("the long tests", lambda: _tests("the long tests", ["-m", "prove", "tests"])),
        (
            "PostgreSQL",
            lambda: _tests(
                "every case on PostgreSQL", ["--each-kind", "-k", "postgresql", "tests/unit", "tests/web"]
            ),
        ),
        (
            "attacks",
            lambda: _tests("10,000 fuzzed requests, 100 kills on each database", ["tests/attack"], ATTACKS),
        ),
        *(
            (part, import_module(f"bench.{part}").lines)
            for part in ("lighthouse", "size", "page", "alerts", "server")
        ),
    ]
    lines = [line for name, proof in proofs for line in _proved(name, proof)]
    return 0 if table.show(lines) else 1


def _proved(name: str, proof: Callable[[], Iterator[Line]]) -> list[Line]:
    print(f"proving: {name}", flush=True)
    try:
        return list(proof())
    except Exception as error:
        print(f"{name}: {error!r}", file=sys.stderr)
        return [Line(f"{name}: could not be finished", 1, must=0)]


def _tests(what: str, chosen: list[str], environ: dict[str, str] | None = None) -> Iterator[Line]:
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen], env={**os.environ, **(environ or {})}, check=False
    ).returncode
    yield Line(f"{what}: broken", int(code not in _NO_MATTER_HOW_MANY), must=0)


if __name__ == "__main__":
    sys.exit(main())
