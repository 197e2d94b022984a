"""Labelled searches: what somebody typed, and whose name they meant."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.accounts.names import words

QUERIES = Path(__file__).parent / "name_queries.csv"
TOP = 5
"""The number of first results among which the expected person must be."""


@dataclass(frozen=True, slots=True)
class LabelledSearch:
    """A typed text and the name that is meant; a surname alone means anybody who has it."""

    query: str
    name: tuple[str, str]
    kind: str


def read() -> list[LabelledSearch]:
    """Return all labelled searches, in the order of the file."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return [
            LabelledSearch(row["query"], (row["first_name"], row["last_name"]), row["kind"])
            for row in csv.DictReader(file)
        ]


def unsuccessful(queries: list[LabelledSearch], search: Callable[[str], list[tuple[str, str]]]) -> list[LabelledSearch]:
    """Return the searches whose person is not among the first names that ``search`` returns."""
    return [one for one in queries if not any(has_name(name, one.name) for name in search(one.query)[:TOP])]


def has_name(name: tuple[str, str], expected: tuple[str, str]) -> bool:
    """Return whether somebody of this name is meant; the script of the name makes no difference."""
    return set(words(" ".join(expected))) <= set(words(" ".join(name)))
