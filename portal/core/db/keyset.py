"""Keyset paging: constant cost at any depth, no repeats or gaps on ties or concurrent inserts.

A cursor holds the sort values of the last row, signed together with the list's scope, so that it can neither be
tampered with nor carried to another list.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Row, Subquery, and_, false, not_, or_, select, true, union_all
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from portal.core.db.base import AnySelect, inline_literal
from portal.core.errors import Invalid
from portal.core.security import signing

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
UNFOLDED_MAX = 200
CURSOR_MAX = 1000
SIGNATURE_BYTES = 12

Item = TypeVar("Item")
Other = TypeVar("Other")
Details = Callable[[Subquery], AnySelect]
"""Builds the statement of what a page shows from the subquery of its rows, which are chosen with fewer columns."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; ``next_cursor`` is ``None`` on the last page."""

    items: list[Item]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.next_cursor is not None

    def map(self, change: Callable[[Item], Other]) -> Page[Other]:
        """Return a page with ``change`` applied to each item and with the ``next_cursor`` of this one."""
        return Page([change(item) for item in self.items], self.next_cursor)


def select_page(
    statement: AnySelect,
    order: Sequence[UnaryExpression[Any]],
    details: Details | None,
    *,
    limit: Any,
    after: Sequence[Any] | None = None,
) -> AnySelect:
    """Return the SELECT of at most ``limit`` rows in ``order``: the first, or those after the sort values ``after``.

    It has the sort values as columns ``key_<position>``, and with ``details`` those columns instead of the rows' own.
    """
    query = _keyed(statement, order).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(_after(order, after))
    return _detailed(query.subquery(), details, order) if details else query


def select_until(
    statement: AnySelect,
    order: Sequence[UnaryExpression[Any]],
    details: Details | None,
    *,
    limit: Any,
    until: Sequence[Any],
) -> AnySelect:
    """Return the SELECT of the rows up to the sort values ``until``, and of at most ``limit`` rows after them.

    Of those before, ``is_before`` in a row, there are at most ``UNFOLDED_MAX``. Its columns are those of
    ``select_page``.
    """
    after = select_page(statement, order, None, limit=limit, after=until)
    both = union_all(
        _keyed(_before(statement, order, until), order).add_columns(true().label("is_before")).subquery().select(),
        after.add_columns(false().label("is_before")).subquery().select(),
    ).subquery()
    return _detailed(both, details or (lambda chosen: select(*chosen.c)), order)


def cut(rows: list[Any], order: Sequence[UnaryExpression[Any]], limit: int, scope: str) -> Page[Any]:
    """Return a page of the first ``limit`` rows; if there are more, with the cursor after the last of these."""
    return Page(rows[:limit], _next_cursor(rows, order, limit, scope))


def _before(statement: AnySelect, order: Sequence[UnaryExpression[Any]], values: Sequence[Any]) -> AnySelect:
    """Return the SELECT of the last ``UNFOLDED_MAX`` rows up to the sort values ``values``, in the reverse order."""
    backwards = [term.element.asc() if term.modifier is desc_op else term.element.desc() for term in order]
    return statement.where(_until(order, values)).order_by(*backwards).limit(inline_literal(UNFOLDED_MAX))


def _keyed(statement: AnySelect, order: Sequence[UnaryExpression[Any]]) -> AnySelect:
    """Return the statement with the sort values, which a cursor holds, added as columns ``key_<position>``."""
    return statement.add_columns(*(term.element.label(f"key_{position}") for position, term in enumerate(order)))


def _detailed(chosen: Subquery, details: Details, order: Sequence[UnaryExpression[Any]]) -> AnySelect:
    """Return the statement that selects the details and sort values of the chosen rows, in the order of the list."""
    columns = [column for column in chosen.c if column.key == "is_before" or column.key.startswith("key_")]
    keys = [chosen.c[f"key_{position}"] for position in range(len(order))]
    query = details(chosen)
    present = {column.key for column in query.selected_columns}
    return query.add_columns(*(column for column in columns if column.key not in present)).order_by(
        *(key.desc() if term.modifier is desc_op else key.asc() for key, term in zip(keys, order, strict=True))
    )


def _next_cursor(rows: list[Row[Any]], order: Sequence[UnaryExpression[Any]], limit: int, scope: str) -> str | None:
    if len(rows) <= limit:
        return None
    return _encode_cursor([getattr(rows[limit - 1], f"key_{position}") for position in range(len(order))], scope)


def _until(order: Sequence[UnaryExpression[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition for the row with the sort values ``values`` and for the rows before it in ``order``."""
    first, value = order[0], values[0]
    bound = first.element >= value if first.modifier is desc_op else first.element <= value
    return and_(bound, not_(_after(order, values)))


def _after(order: Sequence[UnaryExpression[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition for the rows that come after the sort values ``values`` in ``order``.

    Such a row is beyond them in the first column that differs. The bound of the first column follows from the rest; it
    is written out so that an index can begin to read there.
    """
    first, value = order[0], values[0]
    bound = first.element <= value if first.modifier is desc_op else first.element >= value
    alternatives = []
    for position, term in enumerate(order):
        equal = [earlier.element == value for earlier, value in zip(order[:position], values, strict=False)]
        column = term.element
        beyond = column < values[position] if term.modifier is desc_op else column > values[position]
        alternatives.append(and_(*equal, beyond))
    return and_(bound, or_(*alternatives))


def _encode_cursor(values: list[Any], scope: str) -> str:
    body = orjson.dumps(values)
    return base64.urlsafe_b64encode(_signature(body, scope) + body).rstrip(b"=").decode()


def decode_cursor(cursor: str, scope: str, order: Sequence[UnaryExpression[Any]]) -> list[Any]:
    """Return the sort values in a cursor; raise ``Invalid`` (``bad_cursor``) if it is malformed or of another scope."""
    refusal = Invalid("bad_cursor", _("This list has changed. Start again from the beginning."), field="cursor")
    if len(cursor) > CURSOR_MAX:
        raise refusal
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not signing.is_equal(signature, _signature(body, scope)):
            raise refusal
        values = orjson.loads(body)
    except (ValueError, binascii.Error):
        raise refusal from None
    return [_convert(value, term.element) for value, term in zip(values, order, strict=True)]


def _signature(body: bytes, scope: str) -> bytes:
    return signing.digest("cursor", scope.encode() + b"\0" + body)[:SIGNATURE_BYTES]


def _convert(value: Any, column: Any) -> Any:
    kind = column.type.python_type
    if kind is datetime:
        return datetime.fromisoformat(value)
    return uuid.UUID(value) if kind is uuid.UUID else value
