"""Database types and the base class that every table shares."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, ClassVar

import uuid_utils
from sqlalchemy import BindParameter, DateTime, MetaData, Select, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

AnySelect = Select[*tuple[Any, ...]]
"""A SELECT with any columns."""

SIMILARITY_THRESHOLD = 0.42
"""pg_trgm's smallest word similarity of a name to what was typed; set on every connection.

Chosen by measuring names with swapped, wrong and missing letters.
"""


def inline_literal(value: str | int | list[str]) -> BindParameter[Any]:
    """Return a parameter whose value SQLAlchemy writes into the SQL text, for values on which the best plan depends.

    The driver prepares repeated statements, and the plan of a prepared one may serve every value of its parameters.
    """
    kind = ARRAY(Text) if isinstance(value, list) else None
    return bindparam(None, value, kind, literal_execute=True)


def shown_value(name: str, kind: type[TypeEngine[Any]]) -> BindParameter[Any]:
    """Return a parameter with this name whose value is written into the SQL text as that of ``inline_literal`` is."""
    return bindparam(name, type_=kind, literal_execute=True)


def new_id() -> uuid.UUID:
    """Return a new UUIDv7 (RFC 9562), which sorts by time of creation and so keeps indexes compact."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=new_id)]


class Base(DeclarativeBase):
    """Base of all ORM models: datetimes are ``timestamptz``, dictionaries JSONB, names of constraints predictable."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict: JSONB,
        dict[str, object]: JSONB,
    }
