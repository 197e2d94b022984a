"""The portal of fifty thousand people: how fast it answers under a steady load, and whether a search finds people."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from html import unescape
from random import Random
from urllib.parse import quote

import httpx
import psycopg

from bench import pages
from bench.pages import CLIENTS, PageRequest, percentile, under_load
from bench.portals import EVENTS, instance_of, seed
from bench.server import Server, serving
from portal.accounts.names import search_text, sort_name
from portal.core.db.base import new_id
from tests.directory import labelled_searches

PEOPLE = 50_000
SIGN_IN = "bob@demo.example"
LISTS = ("/people", "/people?sort=newest", "/people?from=2016&to=2022", "/people?country=RU")
MAPS = ("/api/v1/profile/map", "/map/data.json")
DEPTH = 60
SEARCHES = 80
JOURNEY_CLIENTS, JOURNEY_PER_SECOND = 16, 100


@dataclass
class Result:
    """Seconds; percent; milliseconds by kind of request, and of the journey; responses; kilobytes."""

    seeding: float = 0
    found: float = 0
    spent: dict[str, float] = field(default_factory=dict)
    errors: int = 0
    map_size: float = 0
    journey: float = 0
    journey_errors: int = 0
    lines: list[str] = field(default_factory=list)


def measure() -> Result:
    result = Result()
    with serving(instance_of(PEOPLE), SEED_DEMO="0") as server:
        result.seeding = seed(server, PEOPLE, EVENTS)
        measure_load(server, result)
        journey = pages.measure(server, clients=JOURNEY_CLIENTS, per_second=JOURNEY_PER_SECOND)
        result.journey, result.journey_errors = journey.p95, journey.errors
        result.lines += journey.lines
        measure_finding(server, result)
    return result


# -- Under load ------------------------------------------------------------------------------------------------------


def measure_load(server: Server, result: Result) -> None:
    """Request searches with a typing error, pages of lists at every depth, maps and profiles, in turns."""
    people = [server.browser(SIGN_IN, network) for network in range(CLIENTS)]
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
        for urls in questions.values():
            rng.shuffle(urls)
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
    urls = [start]
    while len(urls) < DEPTH:
        more = re.search(r'hx-get="(/people/more[^"]*)"', browser.get(urls[-1]).text)
        assert more, urls[-1]
        urls.append(unescape(more[1]))
    return urls


def misspelled(server: Server) -> list[str]:
    """Return names of existing people, each with one letter wrong, missing or swapped with its neighbour."""
    with server.database() as connection:
        rows = connection.execute(
            "SELECT first_name, last_name FROM accounts WHERE verified_at IS NOT NULL ORDER BY md5(id::text) LIMIT %s",
            [SEARCHES],
        ).fetchall()
    rng = Random(5)
    return [f"{first} {with_error(rng, last)}" if rng.random() < 0.5 else with_error(rng, last) for first, last in rows]


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
