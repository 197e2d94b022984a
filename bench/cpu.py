"""CPU of one request, application and database together, read from the kernel's account of the portal's processes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import httpx

from bench.server import Server

CALLS = 200


def measure(server: Server) -> list[str]:
    """Return a line for each kind of request: milliseconds of CPU, with those of the background jobs meanwhile."""
    browser = server.browser("bob@demo.example")
    client = httpx.Client(
        base_url=server.url, headers={"Authorization": f"Bearer {server.access_token('bob@demo.example')}"}
    )
    [event] = re.findall(r'href="(/events/[0-9a-f-]{36})', browser.get("/events").text)[:1]
    requests: dict[str, Callable[[], httpx.Response]] = {
        "page of 20 events": lambda: browser.get("/events"),
        "page of one event": lambda: browser.get(event),
        "map page": lambda: browser.get("/map"),
        "JSON list of 20 events": lambda: client.get("/api/v1/events/", params={"limit": 20}),
        "JSON of one's own profile": lambda: client.get("/api/v1/profile/me"),
    }
    return [f"{name}: {cost(server, ask):.1f} ms of CPU" for name, ask in requests.items()]


def cost(server: Server, ask: Callable[[], httpx.Response]) -> float:
    for _warm_up in range(20):
        assert ask().is_success
    before = seconds(server)
    for _call in range(CALLS):
        ask()
    return (seconds(server) - before) / CALLS * 1000


def seconds(server: Server) -> float:
    """Return user and system time of all processes of the portal, of those that have ended too."""
    total = 0
    for pid in server.processes():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")
