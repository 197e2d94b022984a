"""The search for people among fifty thousand: its speed, its quality, and what ten times as many people cost."""

from __future__ import annotations

import gzip
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from random import Random
from urllib.parse import quote

import httpx
import psycopg

from bench.pages import CLIENTS, PageRequest, percentile, under_load
from bench.server import INSTANCE, ROOT, Server, serving
from portal.accounts.names import search_text, sort_name
from portal.core.db.base import new_id
from tests.directory import labelled_searches

LARGE, SMALL = 50_000, 5_000
SIGN_IN, OFFICE = "bob@demo.example", "adam@demo.example"
LISTS = ("/people", "/people?sort=newest", "/people?from=2016&to=2022", "/people?country=RU")
FILTERS = ["/people?programme=computer", "/people?work=engineer", "/people?programme=data&work=developer"]
MAPS = ("/api/v1/profile/map", "/map/data.json")
DEPTH = 60
SEARCHES = 80
CALLS = 120


@dataclass
class Result:
    """Seconds; percent; milliseconds by kind of request; responses; kilobytes; ratios by kind."""

    seeding: float = 0
    found: float = 0
    spent: dict[str, float] = field(default_factory=dict)
    errors: int = 0
    map_size: float = 0
    growth: dict[str, float] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def measure() -> Result:
    result = Result()
    with serving(instance(LARGE), SEED_DEMO="0") as large:
        result.seeding = seed(large, LARGE)
        with serving(instance(SMALL), SEED_DEMO="0") as small:
            seed(small, SMALL)
            measure_growth(small, large, result)
        measure_load(large, result)
        measure_finding(large, result)
    return result


def instance(size: int) -> Path:
    """Return the instance folder in which a portal of this size is kept between runs."""
    return INSTANCE.with_name(f"bench-{size}")


def seed(server: Server, size: int) -> float:
    """Create the people unless an earlier run has, and return the seconds it took."""
    started = time.monotonic()
    own = {"DATABASE_URL": server.database_url, "INSTANCE_DIR": str(instance(size)), "SCHEDULER": "off"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "seed-demo", "--people", str(size)]
    subprocess.run(command, env={**os.environ, **own}, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    spent = time.monotonic() - started
    with server.database() as connection:
        connection.execute("VACUUM ANALYZE")
    return spent


# -- What ten times as many people cost ------------------------------------------------------------------------------


def measure_growth(small: Server, large: Server, result: Result) -> None:
    """Send equal requests to both in turns, so that what else the machine does affects both alike."""
    browsers, office = ([server.browser(email) for server in (small, large)] for email in (SIGN_IN, OFFICE))
    questions = {
        "directory": [["/people", "/people?sort=newest", "/people?role=alumni_friend"]] * 2,
        "search": [[search_url(text) for text in misspelled(server)] for server in (small, large)],
        "nearest": [[search_url(text) for text in misspelled_twice(server)] for server in (small, large)],
        "filters": [FILTERS] * 2,
        "profile": [profiles(browser) for browser in browsers],
        "queue": [["/admin/verification"]] * 2,
        "person of the office": [[f"/admin{url}" for url in profiles(browser)] for browser in browsers],
    }
    for kind, asked in questions.items():
        spent: list[list[float]] = [[], []]
        for call in range(CALLS):
            askers = office if asked[0][0].startswith("/admin") else browsers
            for browser, pages, times in zip(askers, asked, spent, strict=True):
                times.append(milliseconds(browser, pages[call % len(pages)]))
        few, many = (statistics.median(times) for times in spent)
        result.growth[kind] = many / few
        result.lines.append(f"{kind}, one client: {few:.1f} ms of {SMALL}, {many:.1f} ms of {LARGE}")


def milliseconds(browser: httpx.Client, page: str) -> float:
    started = time.perf_counter()
    answer = browser.get(page)
    spent = (time.perf_counter() - started) * 1000
    assert answer.is_success, (page, answer.status_code)
    return spent


# -- Under load ------------------------------------------------------------------------------------------------------


def measure_load(server: Server, result: Result) -> None:
    """Request searches with a typing error, pages of lists at every depth, maps and profiles, in turns."""
    people = [server.browser(SIGN_IN) for _client in range(CLIENTS)]
    for client in people:
        client.headers["Authorization"] = f"Bearer {server.access_token(SIGN_IN)}"
    questions = {
        "directory": [page for start in LISTS for page in unfolded(people[0], start)],
        "search": [search_url(text) for text in misspelled(server)],
        "map": list(MAPS) * SEARCHES,
        "profile": profiles(people[0]) * SEARCHES,
    }
    rng = Random(3)
    journeys: list[list[PageRequest]] = []
    for _client in people:
        for pages in questions.values():
            rng.shuffle(pages)
        turns = zip(*questions.values(), strict=False)
        journeys.append([asked for turn in turns for asked in zip(questions, turn, strict=True)])
    tally = under_load(people, journeys)
    result.spent = {kind: percentile(times, 95) for kind, times in tally.spent.items()}
    result.errors = tally.errors
    result.lines += tally.lines()
    result.map_size = max(len(gzip.compress(people[0].get(path).content, 6)) for path in MAPS) / 1024


def profiles(browser: httpx.Client) -> list[str]:
    """Return the URLs of people from the start of some lists."""
    found = [re.findall(r'href="(/people/[0-9a-f-]{36})"', browser.get(start).text) for start in LISTS]
    return list(dict.fromkeys(url for urls in found for url in urls))


def unfolded(browser: httpx.Client, start: str) -> list[str]:
    """Return the URLs of a list and of the parts that "Show more" requests one after the other."""
    pages = [start]
    while len(pages) < DEPTH:
        more = re.search(r'hx-get="(/people/more[^"]*)"', browser.get(pages[-1]).text)
        assert more, pages[-1]
        pages.append(unescape(more[1]))
    return pages


def misspelled(server: Server) -> list[str]:
    """Return names of existing people, each with one letter wrong, missing or swapped with its neighbour."""
    with server.database() as connection:
        rows = connection.execute(
            "SELECT first_name, last_name FROM accounts WHERE verified_at IS NOT NULL ORDER BY md5(id::text) LIMIT %s",
            [SEARCHES],
        ).fetchall()
    rng = Random(5)
    return [f"{first} {with_error(rng, last)}" if rng.random() < 0.5 else with_error(rng, last) for first, last in rows]


def misspelled_twice(server: Server) -> list[str]:
    """Return names of existing people, with one error in the first name and one in the surname."""
    rng = Random(6)
    return [" ".join(with_error(rng, word) for word in text.split()) + "h" for text in misspelled(server)]


def with_error(rng: Random, word: str) -> str:
    at = rng.randrange(1, max(2, len(word) - 1))
    changes = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        word[:at] + rng.choice("аеиоaeio") + word[at + 1 :],
    )
    return rng.choice(changes)


def search_url(text: str) -> str:
    return f"/people?q={quote(text)}"


# -- Whether people are found ----------------------------------------------------------------------------------------


def measure_finding(server: Server, result: Result) -> None:
    """Count which labelled searches find their person, after adding these people to the others."""
    queries = labelled_searches.read()
    headers = {"Authorization": f"Bearer {server.access_token(SIGN_IN)}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client, server.database() as connection:
        add_people(connection, sorted({one.name for one in queries if one.name[0]}))

        def search(text: str) -> list[tuple[str, str]]:
            answer = client.get("/api/v1/profile/all", params={"search": text, "limit": labelled_searches.TOP})
            return [(person["first_name"], person["last_name"]) for person in answer.json()["items"]]

        unsuccessful = labelled_searches.unsuccessful(queries, search)
    result.found = 100 * (1 - len(unsuccessful) / len(queries))
    result.lines += [f"not found: {one.query} ({' '.join(one.name)}, {one.kind})" for one in unsuccessful]


def add_people(connection: psycopg.Connection, people: list[tuple[str, str]]) -> None:
    for number, (first, last) in enumerate(people):
        connection.execute(
            "INSERT INTO accounts (id, email, role, first_name, last_name, search, sort_name, sort_name_ru,"
            " verification, verified_at, created_at, updated_at)"
            " VALUES (%s, %s, 'alumni', %s, %s, %s, %s, %s, 'mail', now(), now(), now()) ON CONFLICT DO NOTHING",
            [
                new_id(),
                f"expected.{number}@demo.example",
                first,
                last,
                search_text(first, last),
                sort_name(first, last),
                sort_name(first, last, "ru"),
            ],
        )
