"""The endpoints that are read most against their floors and hello-world, and pages against hello-world."""

from __future__ import annotations

import gzip
import os
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from unittest.mock import patch

import httpx
import psycopg
from flask import Flask

from bench.pages import percentile
from bench.portals import instance_of
from bench.report import Bar, Section
from bench.sides import FLOORS, FORGETFUL, NOTHING_REMEMBERED, USUAL, Sample, Side, sample, sides_of
from bench.usage import pss
from config import Settings
from portal import create_app

PEOPLE = 20_000
ROUNDS = int(os.environ.get("ROUNDS", "5"))
CHOSEN = [name for name in os.environ.get("REQUESTS", "").split(",") if name]
"""Names or parts of names of endpoints and pages, where not all are measured; the results are then not kept."""
READER = "bob@demo.example"
HELLO = "/hello"


@dataclass(frozen=True)
class Endpoint:
    """A request with its bars: over the floor with nothing remembered, and over hello while others write.

    ``while_writing`` is the bar over the floor instead, while others write.
    """

    name: str
    path: str
    forgetful: float
    over_hello: float | None = None
    while_writing: float | None = None


ENDPOINTS = (
    Endpoint("events, 20", "/api/v1/events/?limit=20", 1.6, 4),
    Endpoint("events, 50", "/api/v1/events/?limit=50", 1.6, 4),
    Endpoint("people, 20", "/api/v1/profile/all?limit=20", 1.6, 4),
    Endpoint("people, 50", "/api/v1/profile/all?limit=50", 1.6, 4),
    Endpoint("search, 50", "/api/v1/profile/all?search=ivan&limit=50", 2, while_writing=2),
    Endpoint("map", "/api/v1/profile/map", 1.6, 4),
    Endpoint("own profile", "/api/v1/profile/me", 1.8),
    Endpoint("cities", "/api/v1/cities/search?q=kaz", 1.6, 6),
)
PAGES = {"/": 30.0, "/people": 35.0, "/map": 45.0, "/events": 45.0, "/events/one": 30.0, "/people/me": 20.0}
MAP_KILOBYTES, GZIP_LEVEL = 30, 5
AS_BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}
HEAD = ("over floor", "over hello", "requests/s", "CPU ms", "of it PostgreSQL", "p50 ms", "p95 ms", "p99 ms")


def measure(section: Section) -> None:
    """Measure every endpoint and page in alternating rounds, and add tables and bars to the section."""
    section.is_kept = not CHOSEN
    with sides_of(PEOPLE) as sides:
        headers = {"Authorization": f"Bearer {sides[USUAL].server.access_token(READER)}"}
        check_equality(sides, headers)
        counts = statement_counts(sides[USUAL], headers)
        for endpoint in filter(is_chosen, ENDPOINTS):
            measure_endpoint(sides, endpoint, headers, section, counts[endpoint.name])
        measure_pages(sides, section)
        section.add_lines(
            f"{name}: {pss(side.server.web_processes()):.0f} MB PSS afterwards" for name, side in sides.items()
        )


def is_chosen(request: Endpoint | str) -> bool:
    name = request if isinstance(request, str) else request.name
    return not CHOSEN or any(part in name for part in CHOSEN)


def check_equality(sides: dict[str, Side], headers: dict[str, str]) -> None:
    """Raise ``AssertionError`` if a side answers other bytes than another."""
    for endpoint in ENDPOINTS:
        answers = {
            name: httpx.get(side.server.url + endpoint.path, headers=headers, timeout=30)
            for name, side in sides.items()
        }
        assert all(answer.status_code == 200 for answer in answers.values()), (endpoint, answers)
        assert len({answer.content for answer in answers.values()}) == 1, f"other bytes: {endpoint.path}"


# -- Endpoints -------------------------------------------------------------------------------------------------------


def measure_endpoint(
    sides: dict[str, Side], endpoint: Endpoint, headers: dict[str, str], section: Section, counts: str
) -> None:
    samples: dict[str, list[Sample]] = defaultdict(list)
    for _round in range(ROUNDS):
        samples[HELLO].append(sample(sides[FLOORS], [HELLO], {}))
        for name, side in sides.items():
            samples[name].append(sample(side, [endpoint.path], headers))
    hello, floor = median_cpu(samples[HELLO]), median_cpu(samples[FLOORS])
    names = {HELLO: "hello-world", FLOORS: "floor", FORGETFUL: "nothing remembered", USUAL: "others write"}
    rows = [[names[name], *figures(of, floor, hello)] for name, of in samples.items()]
    section.add_table((f"{endpoint.name} ({counts})", *HEAD), rows)
    forgetful, usual = median_cpu(samples[FORGETFUL]), median_cpu(samples[USUAL])
    section.add(Bar(f"{endpoint.name}, nothing remembered, over its floor", forgetful / floor, endpoint.forgetful, "×"))
    if endpoint.over_hello:
        section.add(Bar(f"{endpoint.name} while others write, over hello", usual / hello, endpoint.over_hello, "×"))
    if endpoint.while_writing:
        section.add(Bar(f"{endpoint.name} while others write, over floor", usual / floor, endpoint.while_writing, "×"))


def median_cpu(samples: list[Sample]) -> float:
    return statistics.median(one.cpu for one in samples)


def figures(samples: list[Sample], floor: float, hello: float) -> Iterator[str]:
    """Yield the cells of a row below ``HEAD``: medians of the rounds, percentiles of all requests together."""
    cpu = median_cpu(samples)
    yield from (f"{cpu / floor:.2f}", f"{cpu / hello:.1f}")
    yield f"{statistics.median(one.measured.rate for one in samples):.0f}"
    yield from (f"{cpu:.2f}", f"{statistics.median(one.database for one in samples):.2f}")
    spent = [1000 * seconds for one in samples for seconds in one.measured.spent]
    yield from (f"{percentile(spent, percent):.1f}" for percent in (50, 95, 99))


def statement_counts(side: Side, headers: dict[str, str]) -> dict[str, str]:
    """Return by endpoint how many SQL statements a request sends, with nothing remembered and once remembered."""
    counts: dict[str, list[int]] = defaultdict(list)
    kept = {"DATABASE_URL": side.server.database_url, "INSTANCE_DIR": str(instance_of(PEOPLE)), "SCHEDULER": "off"}
    for memory in (NOTHING_REMEMBERED, {}):
        with patch.dict(os.environ, {**kept, **memory}):
            app = create_app(Settings())
        for endpoint in ENDPOINTS:
            counts[endpoint.name].append(statements(app, endpoint.path, headers))
    return {name: f"{fresh} statements, {known} remembered" for name, (fresh, known) in counts.items()}


def statements(app: Flask, path: str, headers: dict[str, str]) -> int:
    """Return how many statements one request sends once the process is warm."""
    client = app.test_client()
    for _warm_up in range(3):
        client.get(path, headers=headers)
    with patch.object(psycopg.Cursor, "execute", autospec=True, side_effect=psycopg.Cursor.execute) as sent:
        assert client.get(path, headers=headers).status_code == 200
    return sent.call_count


# -- Pages -----------------------------------------------------------------------------------------------------------


def measure_pages(sides: dict[str, Side], section: Section) -> None:
    """Measure pages as one browser requests them, compressed, while nobody writes; ``/`` is the page of visitors."""
    usual = replace(sides[USUAL], writer=None)
    browser = usual.server.browser(READER)
    member = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()), **AS_BROWSER}
    event = re.search(r'href="(/events/[0-9a-f-]{36})', browser.get("/events").text)
    assert event, "no event to show"
    rows = []
    for page, bound in PAGES.items():
        if not is_chosen(page):
            continue
        path, headers = page.replace("/events/one", event[1]), AS_BROWSER if page == "/" else member
        hellos, samples = [], []
        for _round in range(ROUNDS):
            hellos.append(sample(sides[FLOORS], [HELLO], {}))
            samples.append(sample(usual, [path], headers, connections=1))
        hello = median_cpu(hellos)
        rows.append([page, *list(figures(samples, hello, hello))[1:]])
        section.add(Bar(f"page {page} over hello", median_cpu(samples) / hello, bound, "×"))
    if rows:
        section.add_table(("page", *HEAD[1:]), rows)
    if not is_chosen("/map"):
        return
    size = len(gzip.compress(browser.get("/map").content, GZIP_LEVEL)) / 1024
    section.add(Bar("document of /map, compressed", size, MAP_KILOBYTES, "KB"))
