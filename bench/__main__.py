"""``make bench [ONLY=memory,pages,bearer,cpu]``: measure each bar on the demo data and say whether it holds.

Exit status 1 when one does not. Figures are medians or percentiles of one run on this machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench import bearer, cpu, memory, pages
from bench.house import House, standing


@dataclass(frozen=True)
class Bar:
    """What was measured, and the most it may be."""

    name: str
    measured: float
    most: float
    unit: str

    def __str__(self) -> str:
        verdict = "holds" if self.measured <= self.most else "BROKEN"
        return f"{verdict:7} {self.name}: {self.measured:.2f} {self.unit} (at most {self.most:g})"


def bearer_bars(house: House) -> Iterator[Bar]:
    result = bearer.measure(house)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("CPU of a bearer GET against the shortest hand-written view", result.ratio, 2, "times")


def page_bars(house: House) -> Iterator[Bar]:
    result = pages.measure(house)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("pages of the journey at 30 requests/s from 8 clients, p95", result.p95, 150, "ms")
    yield Bar("errors in that load", result.errors, 0, "answers")


def memory_bars(house: House) -> Iterator[Bar]:
    result = memory.measure(house)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("web processes and database, idle, PSS", result.megabytes, 400, "MB")


def cpu_figures(house: House) -> Iterator[Bar]:
    """No bar, only figures to watch."""
    for line in cpu.measure(house):
        print(f"        {line}")
    yield from ()


BARS: dict[str, Callable[[House], Iterator[Bar]]] = {
    "memory": memory_bars,
    "pages": page_bars,
    "bearer": bearer_bars,
    "cpu": cpu_figures,
}


def main() -> int:
    chosen = [name for name in os.environ.get("ONLY", ",".join(BARS)).split(",") if name]
    broken = 0
    with standing() as house:
        for name in chosen:
            for bar in BARS[name](house):
                print(bar, flush=True)
                broken += bar.measured > bar.most
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
