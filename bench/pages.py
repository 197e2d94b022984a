"""The pages of the first journey under a steady load: 30 requests a second in all, from 8 people."""

from __future__ import annotations

import itertools
import re
import statistics
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

import httpx

from bench.house import House

CLIENTS = 8
PER_SECOND = 30
SECONDS = 30
PEOPLE = ("alina@demo.example", "bob@demo.example", "mona@demo.example", "adam@demo.example")
MEMBER_PAGES = ("/home", "/map", "/map/data.json", "/events", "/events/new", "/people/me", "/settings/profile")
OFFICE_PAGES = ("/admin", "/admin/verification", "/admin/events")


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

    def add(self, page: str, seconds: float, ok: bool) -> None:
        with self.lock:
            self.spent[re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "…", page)].append(seconds * 1000)
            self.errors += not ok


def measure(house: House) -> Result:
    tally = Tally()
    people = [house.browser(PEOPLE[number % len(PEOPLE)]) for number in range(CLIENTS)]
    start = time.monotonic() + 0.5
    threads = [
        threading.Thread(target=walk, args=(client, number, start, tally)) for number, client in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = list(itertools.chain.from_iterable(tally.spent.values()))
    lines = [
        f"{page}: median {statistics.median(times):.0f} ms, p95 {percentile(times, 95):.0f} ms ({len(times)})"
        for page, times in sorted(tally.spent.items())
    ]
    return Result(percentile(everything, 95), tally.errors, lines)


def walk(client: httpx.Client, number: int, start: float, tally: Tally) -> None:
    """Every client asks at fixed moments, whether or not the answer before has come late."""
    pages = itertools.cycle(addresses(client, office=number % len(PEOPLE) == 3))
    for turn in range(SECONDS * PER_SECOND // CLIENTS):
        due = start + (turn * CLIENTS + number) / PER_SECOND
        time.sleep(max(0, due - time.monotonic()))
        page = next(pages)
        began = max(due, time.monotonic() - 1)
        answer = client.get(page)
        tally.add(page, time.monotonic() - began, answer.status_code == 200)


def addresses(client: httpx.Client, *, office: bool) -> list[str]:
    """The journey's pages with real people, cities and events in them."""
    event = re.findall(r'href="(/events/[0-9a-f-]{36})', client.get("/events").text)
    city = re.findall(r'href="(/map/cities/\d+)', client.get("/map").text)
    person = re.findall(r'href="(/people/[0-9a-f-]{36})', client.get(city[0]).text)
    return [*MEMBER_PAGES, *event[:3], *city[:3], *person[:3], *(OFFICE_PAGES if office else ())]


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
