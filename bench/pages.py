"""The pages of the first journey under a steady load of requests at fixed moments."""

from __future__ import annotations

import itertools
import re
import statistics
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

import httpx

from bench.server import Server

CLIENTS = 8
PER_SECOND = 30
SECONDS = 30
PEOPLE = ("alina@demo.example", "bob@demo.example", "mona@demo.example", "adam@demo.example")
OFFICE, WAITING = "adam@demo.example", "nina@demo.example"
MEMBER_PAGES = (
    "/home",
    "/map",
    "/map/data.json",
    "/events",
    "/events/new",
    "/people/me",
    "/settings/profile",
    "/settings/city",
    "/people?programme=computer",
    "/people?work=engineer",
    "/help",
    "/privacy",
    "/contact",
    "/session/owner",
)
WAITING_PAGES = ("/waiting", "/events", "/people/me", "/settings/profile", "/password/reset/done")
PageRequest = tuple[str, str]
"""The kind of a page, and its URL."""
OFFICE_PAGES = (
    "/admin",
    "/admin/verification",
    "/admin/events",
    "/admin/people",
    "/admin/settings/help",
    "/admin/settings/privacy",
    "/admin/settings/contact",
)


@dataclass
class Result:
    p95: float
    errors: int
    lines: list[str]


@dataclass
class Tally:
    """Milliseconds by kind of page, and what went wrong."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float, ok: bool) -> None:
        with self.lock:
            self.spent[kind].append(seconds * 1000)
            self.errors += not ok

    def lines(self) -> list[str]:
        """Return one line for each kind of page."""
        return [
            f"{kind}: median {statistics.median(times):.0f} ms, p95 {percentile(times, 95):.0f} ms ({len(times)})"
            for kind, times in sorted(self.spent.items())
        ]


def measure(server: Server, *, clients: int = CLIENTS, per_second: int = PER_SECOND) -> Result:
    """Let this many people go through their journeys, all together so many times a second."""
    emails = [*(PEOPLE[number % len(PEOPLE)] for number in range(clients - 1)), WAITING]
    people = [server.browser(email, network) for network, email in enumerate(emails)]
    journeys = [
        [(kind_of(page), page) for page in page_urls(client, email)]
        for client, email in zip(people, emails, strict=True)
    ]
    tally = under_load(people, journeys, per_second)
    everything = list(itertools.chain.from_iterable(tally.spent.values()))
    return Result(percentile(everything, 95), tally.errors, tally.lines())


def kind_of(page: str) -> str:
    """Return one name for pages that differ only in whose they are."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "…", page)


def under_load(clients: list[httpx.Client], journeys: list[list[PageRequest]], per_second: int = PER_SECOND) -> Tally:
    """Let each client go through its journey again and again, all together ``per_second`` times a second."""
    tally, start = Tally(), time.monotonic() + 0.5
    interval = len(clients) / per_second
    threads = [
        threading.Thread(target=run_client, args=(client, journey, start + number / per_second, interval, tally))
        for number, (client, journey) in enumerate(zip(clients, journeys, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def run_client(client: httpx.Client, journey: list[PageRequest], start: float, interval: float, tally: Tally) -> None:
    """Send requests at fixed moments, whether or not the response before was late."""
    pages = itertools.cycle(journey)
    for turn in range(int(SECONDS / interval)):
        due = start + turn * interval
        time.sleep(max(0, due - time.monotonic()))
        kind, page = next(pages)
        started = max(due, time.monotonic() - 1)
        answer = client.get(page)
        tally.add(kind, time.monotonic() - started, answer.status_code == 200)


def page_urls(client: httpx.Client, email: str) -> list[str]:
    """Return the URLs of a journey through pages of real people, cities and events, as far as they are open."""
    if email == WAITING:
        return list(WAITING_PAGES)
    event = re.findall(r'href="(/events/[0-9a-f-]{36})', client.get("/events").text)
    city = re.findall(r'href="(/map/cities/\d+)', client.get("/map").text)
    person = re.findall(r'href="(/people/[0-9a-f-]{36})', client.get(city[0]).text)
    return [*MEMBER_PAGES, *event[:3], *city[:3], *person[:3], *(office_urls(client, event) if email == OFFICE else ())]


def office_urls(client: httpx.Client, events: list[str]) -> list[str]:
    """Return the URLs of the office's pages, of some people and of an event to print among them."""
    person = re.findall(r'href="(/admin/people/[0-9a-f-]{36})"', client.get("/admin/people").text)
    return [*OFFICE_PAGES, *person[:3], *(f"{path}/people/print" for path in events[:1])]


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
