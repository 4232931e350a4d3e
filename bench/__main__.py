"""`python -m bench [part…]`: the short parts when none is named; ends with 1 when something that must hold does not."""

import sys
from importlib import import_module

from bench import table

PARTS = ("size", "server", "page", "alerts")
LONG = ("lighthouse",)  # needs npx


def main(names: list[str]) -> int:
    if unknown := set(names) - {*PARTS, *LONG}:
        print(
            f"bench: no such part: {', '.join(sorted(unknown))}. There are: {', '.join((*PARTS, *LONG))}.",
            file=sys.stderr,
        )
        return 2
    lines = [line for name in names or PARTS for line in import_module(f"bench.{name}").lines()]
    return 0 if table.show(lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
