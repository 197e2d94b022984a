"""The labelled searches: what somebody typed and whom they wanted."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.accounts.names import words

QUERIES = Path(__file__).parent / "name_queries.csv"
SHOWN = 5
"""How far down the list a wanted person may stand."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search and the name that it is for; whoever types a surname alone wants anybody who bears it."""

    query: str
    name: tuple[str, str]
    kind: str


def read() -> list[Wanted]:
    """All of them, in the order of the file."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return [
            Wanted(row["query"], (row["first_name"], row["last_name"]), row["kind"]) for row in csv.DictReader(file)
        ]


def missed(queries: list[Wanted], search: Callable[[str], list[tuple[str, str]]]) -> list[Wanted]:
    """Those whose person is not among the first names that ``search`` answers."""
    return [one for one in queries if not any(bears(name, one.name) for name in search(one.query)[:SHOWN])]


def bears(name: tuple[str, str], wanted: tuple[str, str]) -> bool:
    """Whether somebody of this name is wanted; the script in which a name is written tells nobody apart."""
    return set(words(" ".join(wanted))) <= set(words(" ".join(name)))
