"""Relationships between people, as profiles show them.

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
class Relationships:
    """The numbers of a person's followers and followed, and how the viewer and the person follow each other.

    ``may_follow``: whether the viewer may follow this person.
    """

    followers: int = 0
    following: int = 0
    is_following: bool = False
    follows_viewer: bool = False
    may_follow: bool = False

    @property
    def is_mutual(self) -> bool:
        """Whether they follow each other."""
        return self.is_following and self.follows_viewer


NO_RELATIONSHIPS = Relationships()


def _no_columns(viewer: Viewer) -> Mapping[str, ColumnElement[Any]]:
    return {}


RELATIONSHIP_COLUMNS: ExtensionPoint[Callable[[Viewer], Mapping[str, ColumnElement[Any]]]] = ExtensionPoint(
    "relationship_columns", _no_columns
)
"""Columns about the ``Account`` in a row and the viewer, by the names of the fields in ``Relationships``."""


def _no_template() -> None:
    return None


RELATIONSHIP_TEMPLATE: ExtensionPoint[Callable[[], str | None]] = ExtensionPoint("relationship_template", _no_template)
"""The name of the fragment that shows a person's relationships, and lets the viewer change them, on their page."""


def relationship_columns(viewer: Viewer) -> list[Label[Any]]:
    """Return the columns that ``relationships_in`` reads; visitors see no relationships."""
    if viewer.is_visitor:
        return []
    return [
        column.label(f"relationships_{name}") for name, column in RELATIONSHIP_COLUMNS.implementation(viewer).items()
    ]


def relationships_in(row: Row[Any]) -> Relationships | None:
    """Return the relationships in a row, or ``None`` where it has no columns of them."""
    prefix = "relationships_"
    values = {key.removeprefix(prefix): value for key, value in row._mapping.items() if key.startswith(prefix)}
    return Relationships(**values) if values else None
