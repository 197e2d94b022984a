"""``make bench [ONLY=memory,pages,bearer,accounts,cpu]``: measure each bar on the demo data and say whether it holds.

``ONLY=people`` is not part of the rest: it builds portals of 5,000 and of 50,000 people first, which takes minutes.

Exit status 1 when one does not. Figures are medians or percentiles of one run on this machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench import accounts, bearer, cpu, memory, pages, people
from bench.server import Server, serving


@dataclass(frozen=True)
class Bar:
    """What was measured, and the most it may be (or the ``least``)."""

    name: str
    measured: float
    bound: float
    unit: str
    least: bool = False

    @property
    def holds(self) -> bool:
        return self.measured >= self.bound if self.least else self.measured <= self.bound

    def __str__(self) -> str:
        state, side = "holds" if self.holds else "BROKEN", "least" if self.least else "most"
        return f"{state:7} {self.name}: {self.measured:.2f} {self.unit} (at {side} {self.bound:g})"


def bearer_bars(server: Server) -> Iterator[Bar]:
    result = bearer.measure(server)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("CPU of a bearer GET against the shortest hand-written view", result.ratio, 2, "times")


def page_bars(server: Server) -> Iterator[Bar]:
    result = pages.measure(server)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("pages of the journey at 30 requests/s from 8 clients, p95", result.p95, 150, "ms")
    yield Bar("errors in that load", result.errors, 0, "answers")


def memory_bars(server: Server) -> Iterator[Bar]:
    result = memory.measure(server)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("web processes and database, idle, PSS", result.megabytes, 400, "MB")


def account_bars(server: Server) -> Iterator[Bar]:
    result = accounts.measure(server)
    for line in result.lines:
        print(f"        {line}")
    yield Bar("sign-ins by password from 4 clients against bcrypt hashes of cost 12", result.sign_ins, 5, "times", True)
    yield Bar("SQL statements of authentication", result.statements, 1, "statements")
    yield Bar("a request with a session against one without", result.authentication, 1.5, "ms more")
    yield Bar("time of a refused sign-in, existing against unknown account", result.difference, 10, "% apart")
    yield Bar("answers that cause a mail while the mail server stalls, p95", result.stalled, 300, "ms")


def people_bars() -> Iterator[Bar]:
    result = people.measure()
    for line in result.lines:
        print(f"        {line}")
    yield Bar("50,000 people put in, 0 when they were there", result.seeding, 60, "s")
    yield Bar("labelled searches whose person is among the first five", result.found, 95, "%", True)
    bounds = {"search": 60, "directory": 50, "map": 60, "profile": 100}
    for kind, bound in bounds.items():
        yield Bar(f"{kind} among 50,000 at 30 requests/s from 8 clients, p95", result.spent[kind], bound, "ms")
    yield Bar("errors in that load", result.errors, 0, "answers")
    yield Bar("map JSON, compressed", result.map_size, 30, "KB")
    ratios = {
        "directory": 1.2,
        "profile": 1.2,
        "search": 3,
        "nearest": 3,
        "filters": 3,
        "queue": 2,
        "person of the office": 1.2,
    }
    for kind, ratio in ratios.items():
        yield Bar(f"{kind} among 50,000 people against one among 5,000", result.growth[kind], ratio, "times")


def cpu_figures(server: Server) -> Iterator[Bar]:
    """Print figures to watch; there is no bar for them."""
    for line in cpu.measure(server):
        print(f"        {line}")
    yield from ()


BARS: dict[str, Callable[[Server], Iterator[Bar]]] = {
    "memory": memory_bars,
    "pages": page_bars,
    "bearer": bearer_bars,
    "accounts": account_bars,
    "cpu": cpu_figures,
}


def main() -> int:
    chosen = [name for name in os.environ.get("ONLY", ",".join(BARS)).split(",") if name]
    broken = 0
    if set(chosen) & set(BARS):
        with serving() as server:
            broken += sum(report(BARS[name](server)) for name in chosen if name in BARS)
    if "people" in chosen:
        broken += report(people_bars())
    return 1 if broken else 0


def report(bars: Iterator[Bar]) -> int:
    """Print each bar as it is measured, and return how many do not hold."""
    broken = 0
    for bar in bars:
        print(bar, flush=True)
        broken += not bar.holds
    return broken


if __name__ == "__main__":
    sys.exit(main())
