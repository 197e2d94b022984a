"""Relationships between a viewer and a person, as profiles show them.

A higher feature implements the columns, so that one statement reads a person and their relationships.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, false

from portal.core.actor import Actor
from portal.core.extension_points import ExtensionPoint
from portal.profiles.viewers import Viewer, viewer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationships:
    """The relationships of a person, and those between the person and the viewer.

    ``followers`` and ``following`` are the numbers of people who follow the person and whom the person follows;
    ``is_following`` says that the viewer follows the person, ``may_follow`` that the viewer is allowed to.
    """

    followers: int = 0
    following: int = 0
    is_following: bool = False
    follows_viewer: bool = False
    may_follow: bool = False

    @property
    def is_mutual(self) -> bool:
        """Whether the viewer and the person follow each other."""
        return self.is_following and self.follows_viewer


NO_RELATIONSHIPS = Relationships()


def _no_columns(viewer: Viewer) -> Mapping[str, ColumnElement[Any]]:
    return {}


RELATIONSHIP_COLUMNS: ExtensionPoint[Callable[[Viewer], Mapping[str, ColumnElement[Any]]]] = ExtensionPoint(
    "relationship_columns", _no_columns
)
"""Returns, for a viewer, SQL columns about the ``Account`` in a row, keyed by the fields of ``Relationships``."""


def _no_template() -> None:
    return None


RELATIONSHIP_TEMPLATE: ExtensionPoint[Callable[[], str | None]] = ExtensionPoint("relationship_template", _no_template)
"""Returns the template of the fragment that shows a person's relationships on their page; ``None`` without follows."""


def relationship_columns(viewer: Viewer) -> list[Label[Any]]:
    """Return the SQL columns that ``relationships_in`` reads from a row, labelled ``relationships_<field>``.

    The list is empty for visitors, and in a portal where no feature implements relationships.
    """
    if viewer.is_visitor:
        return []
    return [
        column.label(f"relationships_{name}") for name, column in RELATIONSHIP_COLUMNS.implementation(viewer).items()
    ]


def follow_columns(viewer: Viewer) -> list[Label[Any]]:
    """Return those of the columns that ``relationships_in`` reads which a list needs for its buttons to follow."""
    labels = ("relationships_is_following", "relationships_may_follow")
    return [column for column in relationship_columns(viewer) if column.name in labels]


def has_follows() -> bool:
    """Return whether a feature of the running portal lets people follow each other."""
    return RELATIONSHIP_TEMPLATE.implementation() is not None


def is_followed_by(who: Actor | Viewer) -> ColumnElement[bool]:
    """Return the SQL condition that a viewer follows the ``Account`` in a row; false in a portal without follows."""
    viewer = viewer_of(who)
    columns = {} if viewer.is_visitor else RELATIONSHIP_COLUMNS.implementation(viewer)
    return columns.get("is_following", false())


def relationships_in(row: Row[Any]) -> Relationships | None:
    """Return the relationships in a row with the columns of ``relationship_columns``, or ``None`` without these."""
    values = {field: getattr(row, f"relationships_{field}") for field in _fields_in(row._fields)}
    return Relationships(**values) if values else None


@cache
def _fields_in(columns: tuple[str, ...]) -> list[str]:
    """Return the fields of ``Relationships`` that rows with these columns hold."""
    prefix = "relationships_"
    return [column.removeprefix(prefix) for column in columns if column.startswith(prefix)]
