"""Keyset pages: constant cost at any depth, no repeats or gaps on ties or concurrent inserts.

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
from sqlalchemy import ColumnElement, Row, Select, and_, not_, or_
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from portal.core import signing
from portal.core.errors import Invalid
from portal.extensions import db

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
SHOWN_MAX = 200
CURSOR_MAX = 1000
SIGNATURE_BYTES = 12

Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; ``next_cursor`` is ``None`` on the last one."""

    items: list[Item]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None

    def map(self, change: Callable[[Item], Other]) -> Page[Other]:
        """The same page with each item changed."""
        return Page([change(item) for item in self.items], self.next_cursor)


def keyset_page(
    statement: Select[Any],
    *,
    order: Sequence[UnaryExpression[Any]],
    cursor: str | None,
    limit: int = LIMIT_DEFAULT,
    scope: str,
) -> Page[Row[Any]]:
    """One page of ``statement`` in ``order``, after ``cursor``.

    ``order`` lists columns with ``.asc()`` or ``.desc()``; the last one must be unique, none may be null.
    ``scope`` names the list together with its filters. Raises ``Invalid`` (``bad_cursor``).
    """
    columns = [term.element for term in order]
    hidden = [column.label(f"key_{place}") for place, column in enumerate(columns)]
    query = statement.add_columns(*hidden).order_by(*order).limit(limit + 1)
    if cursor:
        query = query.where(_after(order, _read(cursor, scope, columns)))
    rows = list(db.session.execute(query).all())
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], _write([getattr(last, label.name) for label in hidden], scope))


def keyset_start(
    statement: Select[Any],
    *,
    order: Sequence[UnaryExpression[Any]],
    until: str | None,
    limit: int = LIMIT_DEFAULT,
    scope: str,
) -> Page[Row[Any]]:
    """The list from its start to one page beyond the cursor ``until``; its first page without one.

    So an address with ``?until=`` shows again what its reader had unfolded. Of very long lists only the last
    ``SHOWN_MAX`` rows before that page are shown.
    """
    following = keyset_page(statement, order=order, cursor=until, limit=limit, scope=scope)
    if not until:
        return following
    reached = not_(_after(order, _read(until, scope, [term.element for term in order])))
    backwards = [term.element.asc() if term.modifier is desc_op else term.element.desc() for term in order]
    before = db.session.execute(statement.where(reached).order_by(*backwards).limit(SHOWN_MAX)).all()
    return Page([*reversed(before), *following.items], following.next_cursor)


def _after(order: Sequence[UnaryExpression[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after ``values``: greater in the first column that differs."""
    alternatives = []
    for place, term in enumerate(order):
        same = [earlier.element == value for earlier, value in zip(order[:place], values, strict=False)]
        column = term.element
        beyond = column < values[place] if term.modifier is desc_op else column > values[place]
        alternatives.append(and_(*same, beyond))
    return or_(*alternatives)


def _write(values: list[Any], scope: str) -> str:
    body = orjson.dumps(values)
    return base64.urlsafe_b64encode(_signature(body, scope) + body).rstrip(b"=").decode()


def _read(cursor: str, scope: str, columns: Sequence[Any]) -> list[Any]:
    refusal = Invalid("bad_cursor", _("This list has moved on. Start again from its first page."), field="cursor")
    if len(cursor) > CURSOR_MAX:
        raise refusal
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not signing.same(signature, _signature(body, scope)):
            raise refusal
        values = orjson.loads(body)
    except (ValueError, binascii.Error):
        raise refusal from None
    return [_typed(value, column) for value, column in zip(values, columns, strict=True)]


def _signature(body: bytes, scope: str) -> bytes:
    return signing.digest("cursor", scope.encode() + b"\0" + body)[:SIGNATURE_BYTES]


def _typed(value: Any, column: Any) -> Any:
    kind = column.type.python_type
    if kind is datetime:
        return datetime.fromisoformat(value)
    return uuid.UUID(value) if kind is uuid.UUID else value
