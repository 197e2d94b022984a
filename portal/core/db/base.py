"""Database types and the base class that every table shares."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, ClassVar

import uuid_utils
from sqlalchemy import BindParameter, DateTime, MetaData, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SIMILARITY_THRESHOLD = 0.42
"""How much of what was typed a name must share to be likely, in groups of three letters; set on every connection.

Measured on swapped, wrong and missing letters.
"""


def inline_literal(value: str | int | list[str]) -> BindParameter[Any]:
    """A value that stands in the statement itself: for conditions whose best plan depends on the very value.

    The driver prepares repeated statements, and a prepared one may be planned for any value.
    """
    kind = ARRAY(Text) if isinstance(value, list) else None
    return bindparam(None, value, kind, literal_execute=True)


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): opaque to people, ordered by time for the index."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=new_id)]


class Base(DeclarativeBase):
    """Every instant is ``timestamptz``; ``dict`` columns are JSONB; constraint names are predictable."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict: JSONB,
        dict[str, object]: JSONB,
    }
