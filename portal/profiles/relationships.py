"""How people are tied to others, as profiles show it.

A higher feature implements the columns, so that one statement reads a person and their relationships.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, Row

from portal.core.extension_points import ExtensionPoint
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


def _nothing(viewer: Viewer) -> Mapping[str, ColumnElement[Any]]:
    return {}


RELATIONSHIP_COLUMNS: ExtensionPoint[Callable[[Viewer], Mapping[str, ColumnElement[Any]]]] = ExtensionPoint(
    "relationship_columns", _nothing
)
"""Columns about the ``Account`` in a row and the viewer, by the names of the fields in ``Ties``."""


def tie_columns(viewer: Viewer) -> list[Label[Any]]:
    """The columns of ``ties_in``; strangers are told of nobody's ties."""
    if viewer.is_stranger:
        return []
    return [column.label(f"ties_{name}") for name, column in RELATIONSHIP_COLUMNS.implementation(viewer).items()]


def ties_in(row: Row[Any]) -> Ties | None:
    """The ties in a row that has them."""
    found = {key.removeprefix("ties_"): value for key, value in row._mapping.items() if key.startswith("ties_")}
    return Ties(**found) if found else None
