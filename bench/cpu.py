"""CPU of one request, application and database together, read from the kernel's account of the portal's processes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import httpx

from bench.house import House

CALLS = 200


def measure(house: House) -> list[str]:
    """A line for each kind of request: milliseconds of CPU, idle time of the background jobs included."""
    browser = house.browser("bob@demo.example")
    client = httpx.Client(
        base_url=house.address, headers={"Authorization": f"Bearer {house.bearer('bob@demo.example')}"}
    )
    [event] = re.findall(r'href="(/events/[0-9a-f-]{36})', browser.get("/events").text)[:1]
    requests: dict[str, Callable[[], httpx.Response]] = {
        "page of 20 events": lambda: browser.get("/events"),
        "page of one event": lambda: browser.get(event),
        "map page": lambda: browser.get("/map"),
        "JSON list of 20 events": lambda: client.get("/api/v1/events/", params={"limit": 20}),
        "JSON of one's own profile": lambda: client.get("/api/v1/profile/me"),
    }
    return [f"{name}: {cost(house, ask):.1f} ms of CPU" for name, ask in requests.items()]


def cost(house: House, ask: Callable[[], httpx.Response]) -> float:
    for _warm_up in range(20):
        assert ask().is_success
    before = seconds(house)
    for _call in range(CALLS):
        ask()
    return (seconds(house) - before) / CALLS * 1000


def seconds(house: House) -> float:
    """User and system time of all processes that live now and of those that have ended."""
    total = 0
    for pid in house.processes():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")
