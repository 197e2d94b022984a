"""Resident memory of everything the portal runs, shared pages counted once (PSS)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from bench.house import PASSWORD, House

SETTLE_SECONDS = 15  # freed memory is returned every ten
PASSWORDS = 64
AT_ONCE = 32
WARM_UP = ("/", "/login", "/register", "/map/public.json", "/health/ready")


@dataclass(frozen=True)
class Result:
    megabytes: float
    lines: list[str]


def measure(house: House) -> Result:
    """After a few pages, so that lazy imports and caches count, and a storm of passwords of 19 MiB each."""
    for path in WARM_UP * 8:
        httpx.get(house.address + path, timeout=30)
    with ThreadPoolExecutor(AT_ONCE) as storm:
        list(storm.map(partial(try_password, house), range(PASSWORDS)))
    time.sleep(SETTLE_SECONDS)
    by_kind: dict[str, float] = {}
    for pid in house.processes():
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        by_kind[name] = by_kind.get(name, 0) + pss(pid)
    lines = [f"{name}: {size:.1f} MB" for name, size in sorted(by_kind.items())]
    return Result(sum(by_kind.values()), lines)


def try_password(house: House, number: int) -> None:
    """A wrong one, from a network of its own."""
    with house.caller(number) as caller:
        caller.post("/api/v1/auth/login", json={"email": f"nobody{number}@demo.example", "password": PASSWORD})


def pss(pid: int) -> float:
    """In MB (10^6 bytes); the kernel counts in KiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0
