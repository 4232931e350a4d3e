"""One figure a line: what was measured, what it must be, what it should be."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """Small is good, unless `at_least`. Without `must` a line only informs."""

    what: str
    measured: float
    unit: str = ""
    must: float | None = None
    goal: float | None = None
    at_least: bool = False

    @property
    def missed(self) -> bool:
        return self.must is not None and not self._meets(self.must)

    @property
    def verdict(self) -> str:
        if self.must is None:
            return ""
        if self.missed:
            return "MISS"
        return "goal" if self.goal is not None and self._meets(self.goal) else "ok"

    def _meets(self, bound: float) -> bool:
        return self.measured >= bound if self.at_least else self.measured <= bound

    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        bounds = ("" if bound is None else f"{sign} {_figure(bound)}" for bound in (self.must, self.goal))
        return (self.what, f"{_figure(self.measured)} {self.unit}".strip(), *bounds, self.verdict)


def show(lines: Iterable[Line]) -> bool:
    """Print the table; True when every line holds."""
    lines = list(lines)
    rows = [("what", "measured", "must", "goal", "ok"), *(line.cells() for line in lines)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return not any(line.missed for line in lines)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2f}"
