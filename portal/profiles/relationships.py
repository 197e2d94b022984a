"""How people are tied to others, as profiles show it.

The room of follows lies above this one and knows the answers; it registers the columns that give them, so that one
statement reads a person and their ties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, Row

from portal.profiles.viewers import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """One person's ties: how many people, and whether the reader is among them.

    ``may_follow``: following this person is open to the reader at all.
    """

    followers: int = 0
    following: int = 0
    is_following: bool = False
    follows_reader: bool = False
    may_follow: bool = False

    @property
    def is_mutual(self) -> bool:
        return self.is_following and self.follows_reader


UNTIED = Ties()

Source = Callable[[Viewer], Mapping[str, ColumnElement[Any]]]
_sources: list[Source] = []


def tells_ties(source: Source) -> Source:
    """Register what tells the ties of the ``Account`` in a row: columns by the names in ``Ties``."""
    _sources[:] = [source]
    return source


def tie_columns(viewer: Viewer) -> list[Label[Any]]:
    """The columns of ``ties_in``; strangers are told of nobody's ties."""
    if viewer.is_stranger:
        return []
    return [column.label(f"ties_{name}") for source in _sources for name, column in source(viewer).items()]


def ties_in(row: Row[Any]) -> Ties | None:
    """The ties in a row that has them."""
    found = {key.removeprefix("ties_"): value for key, value in row._mapping.items() if key.startswith("ties_")}
    return Ties(**found) if found else None
