"""Versions of what answers are made of: a remembered answer holds as long as the version of its content stays.

Triggers raise a version as the last thing that a writing transaction does, whoever writes (``note_content_change`` in
the migrations). So a reader who sees a version sees all changes up to it too, and a transaction that is rolled back
raises none. Of two writers one waits for the other only while it commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context
from sqlalchemy import CheckConstraint, Label, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db.base import Base
from portal.core.db.raw_queries import RawQuery

TRIGGER = "note_content_change"
"""The trigger that each table of a content has; its argument is the name of the content."""


@dataclass(frozen=True)
class Content:
    """Tables of which answers are made and that have one version together; a feature declares its own."""

    name: str
    tables: tuple[str, ...]


class ContentVersions(Base):
    """The one row with the present version of each content, by name."""

    __tablename__ = "content_versions"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    versions: Mapped[dict[str, int]] = mapped_column(JSONB)


COLUMN: Label[Any] = select(ContentVersions.__table__.c.versions).scalar_subquery().label("content_versions")
"""The column with all present versions, for the query that recognises a caller."""

_PRESENT = RawQuery(select(COLUMN))


def note(versions: Mapping[str, int]) -> None:
    """Keep for this request the versions in ``COLUMN``, which was read before any content."""
    g.content_versions = versions


def present(contents: Collection[Content]) -> tuple[int, ...]:
    """Return the versions of ``contents`` that the query of the caller has read; without one the database is read.

    Outside a request each call reads it.
    """
    if "content_versions" not in g or not has_request_context():
        note(_PRESENT.rows()[0].content_versions)
    return tuple(g.content_versions[content.name] for content in contents)
