"""What ten times as many people cost: the CPU of equal requests to two portals, of which nothing is remembered."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random

import httpx

from bench.people import misspelled, search_url, with_error
from bench.portals import portal_of
from bench.report import Bar, Section
from bench.server import Server
from bench.sides import NOTHING_REMEMBERED, Sample, Side, sample
from bench.usage import Meter

FEW, MANY = 20_000, 200_000
ROUNDS = 5
MEMBER, OFFICE = "bob@demo.example", "adam@demo.example"
NAME = "growth"
BARS = {
    "directory, JSON": 1.2,
    "directory, page": 1.2,
    "map, JSON": 1.2,
    "map, page": 1.2,
    "own profile, JSON": 1.2,
    "search, JSON": 1.6,
    "search with a typing error": 1.6,
    "search for the nearest names": 3,
    "filters": 3,
    "profile, page": 1.2,
    "queue of the office": 2,
    "person of the office": 1.2,
}
FILTERS = ("/people?programme=computer", "/people?work=engineer", "/people?programme=data&work=developer")


def measure(section: Section) -> None:
    """Measure every kind of request on both portals in alternating rounds, and add a table and bars to the section."""
    with ExitStack() as stack:
        sides = [stack.enter_context(side_of(people)) for people in (FEW, MANY)]
        requests = [requests_to(side.server) for side in sides]
        rows = []
        for kind, bound in BARS.items():
            samples: dict[int, list[Sample]] = defaultdict(list)
            for _round in range(ROUNDS):
                for number, side in enumerate(sides):
                    samples[number].append(sample(side, *requests[number][kind], connections=2))
            few, many = (statistics.median(one.cpu for one in samples[number]) for number in (0, 1))
            rows.append([kind, f"{many / few:.2f}", f"{few:.2f}", f"{many:.2f}"])
            section.add(Bar(f"{kind}, {MANY:,} people against {FEW:,}", many / few, bound, "×"))
        section.add_table(("request", "ratio", f"CPU ms, {FEW:,}", f"CPU ms, {MANY:,}"), rows)


@contextmanager
def side_of(people: int) -> Iterator[Side]:
    variables = {"PGAPPNAME": NAME, "SCHEDULER": "off", **NOTHING_REMEMBERED}
    with portal_of(people, variables=variables) as server, server.database() as connection:
        yield Side(server, Meter(server, server, NAME, connection))


def requests_to(server: Server) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return paths, and headers to send with them, by kind of request."""
    browser = server.browser(MEMBER)
    bearer = {"Authorization": f"Bearer {server.access_token(MEMBER)}"}
    member, office = cookies(browser), cookies(server.browser(OFFICE))
    people = re.findall(r'href="(/people/[0-9a-f-]{36})"', browser.get("/people").text)
    names = misspelled(server)
    return {
        "directory, JSON": (["/api/v1/profile/all?limit=20"], bearer),
        "directory, page": (["/people", "/people?sort=newest", "/people?role=alumni_friend"], member),
        "map, JSON": (["/api/v1/profile/map"], bearer),
        "map, page": (["/map"], member),
        "own profile, JSON": (["/api/v1/profile/me"], bearer),
        "search, JSON": (["/api/v1/profile/all?search=ivan&limit=50"], bearer),
        "search with a typing error": ([search_url(name) for name in names], member),
        "search for the nearest names": ([search_url(name) for name in misspelled_twice(names)], member),
        "filters": (list(FILTERS), member),
        "profile, page": (people, member),
        "queue of the office": (["/admin/verification"], office),
        "person of the office": ([f"/admin{path}" for path in people], office),
    }


def cookies(browser: httpx.Client) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


def misspelled_twice(names: list[str]) -> list[str]:
    """Return names with one more error in each word, which nobody has."""
    rng = Random(6)
    return [" ".join(with_error(rng, word) for word in name.split()) + "h" for name in names]
