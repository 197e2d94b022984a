"""Resident memory of everything the portal runs, shared pages counted once (PSS)."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx

from bench.server import Server, name_of
from bench.usage import pss_of

SETTLE_SECONDS = 5
WARM_UP = ("/", "/login", "/register", "/map/public.json", "/health/ready")


@dataclass(frozen=True)
class Result:
    megabytes: float
    lines: list[str]


def measure(server: Server) -> Result:
    """Measure after a few pages, so that lazy imports and caches count too."""
    for path in WARM_UP * 8:
        httpx.get(server.url + path, timeout=30)
    time.sleep(SETTLE_SECONDS)
    by_kind: dict[str, float] = {}
    for pid in server.processes():
        name = name_of(pid)
        by_kind[name] = by_kind.get(name, 0) + pss_of(pid)
    lines = [f"{name}: {size:.1f} MB" for name, size in sorted(by_kind.items())]
    return Result(sum(by_kind.values()), lines)
