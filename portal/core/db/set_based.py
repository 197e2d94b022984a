"""Statements that write any number of rows at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Uuid, any_, cast, func, literal
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.db.base import AnySelect, new_id


def is_one_of(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of any number of values.

    They are sent as one array: ``in_`` makes a parameter of each, and a statement takes 65,535.
    """
    return column == any_(literal(list(values), ARRAY(column.type)))


def new_id_of_each_row() -> ColumnElement[uuid.UUID]:
    """Return an SQL expression that is another new UUIDv7 in every row of a SELECT.

    Those of one statement sort by the order of its rows: the last 32 bits count them (RFC 9562, section 6.2). Random
    ones would cost PostgreSQL a quarter of all that an inserted row takes.
    """
    number = func.lpad(func.to_hex(func.row_number().over()), 8, "0")
    return cast(literal(str(new_id())[:-8]) + number, Uuid)


def insert_for_each(source: AnySelect, values: Mapping[InstrumentedAttribute[Any], object]) -> Insert:
    """Return the statement that inserts one row for each row of ``source``.

    ``values`` maps columns of one table to an SQL expression over the tables of ``source``, or to a value that is the
    same in all rows. Columns with a default must be among them, as in every INSERT … SELECT. The columns that
    ``source`` selects do not matter.
    """
    selected = (
        value if isinstance(value, SQLColumnExpression) else literal(value, column.type)
        for column, value in values.items()
    )
    table = next(iter(values)).parent
    return insert(table).from_select(list(values), source.with_only_columns(*selected))
