"""``make bench [ONLY=memory,pages,bearer,accounts]``: measure each bar and say whether it holds.

These four parts share one portal with the demo data and are measured by default. The others build large portals first,
which takes minutes, and are named by ``ONLY``:

- ``reads`` compares endpoints and pages with the shortest hand-written views and hello-world; for a quick look at some
  of them add ``ROUNDS=1 REQUESTS=map,/people``,
- ``growth`` compares 200,000 people with 20,000,
- ``people`` loads a portal of 50,000 people, and looks whether a search finds them,
- ``distance`` adds two milliseconds to each round trip to the database,
- ``soak`` watches the memory of 100,000 requests.

Figures are medians or percentiles of one run on this machine; ``bench/results.md`` keeps the last of each part. Exit
status 1 when a bar does not hold.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial

from bench import accounts, bearer, growth, memory, pages, people, reads, report, round_trips, soak
from bench.report import Bar, Section
from bench.server import Server, clean_environment, serving


def bearer_part(server: Server, section: Section) -> None:
    result = bearer.measure(server)
    section.add_lines(result.lines)
    section.add(Bar("CPU of a bearer GET against the shortest hand-written view", result.ratio, 2, "times"))


def pages_part(server: Server, section: Section) -> None:
    result = pages.measure(server)
    section.add_lines(result.lines)
    section.add(Bar("pages of the journey at 30 requests/s from 8 clients, p95", result.p95, 150, "ms"))
    section.add(Bar("errors in that load", result.errors, 0, "answers"))


def memory_part(server: Server, section: Section) -> None:
    result = memory.measure(server)
    section.add_lines(result.lines)
    section.add(Bar("web processes and database, idle, PSS", result.megabytes, 400, "MB"))


def accounts_part(server: Server, section: Section) -> None:
    result = accounts.measure(server)
    section.add_lines(result.lines)
    bars = (
        Bar("sign-ins by password from 4 clients against bcrypt hashes of cost 12", result.sign_ins, 5, "times", True),
        Bar("SQL statements of authentication", result.statements, 1, "statements"),
        Bar("a request with a session against one without", result.authentication, 1.5, "ms more"),
        Bar("time of a refused sign-in, existing against unknown account", result.difference, 10, "% apart"),
        Bar("answers that cause a mail while the mail server stalls, p95", result.stalled, 300, "ms"),
    )
    add_all(section, bars)


def people_part(section: Section) -> None:
    result = people.measure()
    section.add_lines(result.lines)
    section.add(Bar("50,000 people put in, 0 when they were there", result.seeding, 60, "s"))
    section.add(Bar("labelled searches whose person is among the first five", result.found, 95, "%", True))
    bounds = {"search": 60, "directory": 50, "map": 60, "profile": 100}
    for kind, bound in bounds.items():
        name = f"{kind} among 50,000 at 30 requests/s from 8 clients, p95"
        section.add(Bar(name, result.spent[kind], bound, "ms"))
    section.add(Bar("errors in that load", result.errors, 0, "answers"))
    section.add(Bar("map JSON, compressed", result.map_size, 30, "KB"))
    section.add(Bar("pages of the journey at 100 requests/s from 16 clients, p95", result.journey, 150, "ms"))
    section.add(Bar("errors in that journey", result.journey_errors, 0, "answers"))


def add_all(section: Section, bars: Iterable[Bar]) -> None:
    for bar in bars:
        section.add(bar)


OF_DEMO: dict[str, Callable[[Server, Section], None]] = {
    "memory": memory_part,
    "pages": pages_part,
    "bearer": bearer_part,
    "accounts": accounts_part,
}
"""The parts that share one portal with the demo data, and are measured by default."""
OF_OWN_PORTALS: dict[str, Callable[[Section], None]] = {
    "reads": reads.measure,
    "people": people_part,
    "growth": growth.measure,
    "distance": round_trips.measure,
    "soak": soak.measure,
}


def main() -> int:
    chosen = [name for name in os.environ.get("ONLY", ",".join(OF_DEMO)).split(",") if name]
    unknown = set(chosen) - OF_DEMO.keys() - OF_OWN_PORTALS.keys()
    if unknown:
        sys.exit(f"ONLY names no part of the benchmark: {', '.join(sorted(unknown))}")
    clean_environment()
    broken = 0
    with ExitStack() as stack:
        server = stack.enter_context(serving()) if set(chosen) & OF_DEMO.keys() else None
        for name in OF_DEMO:
            if server is not None and name in chosen:
                broken += report_part(name, partial(OF_DEMO[name], server))
    for name in OF_OWN_PORTALS:
        if name in chosen:
            broken += report_part(name, OF_OWN_PORTALS[name])
    return 1 if broken else 0


def report_part(name: str, measure: Callable[[Section], None]) -> int:
    """Measure one part, print it, keep it in the file of results, and return how many bars do not hold."""
    section = Section(name)
    measure(section)
    if section.is_kept:
        report.write(section)
    return section.broken


if __name__ == "__main__":
    sys.exit(main())
