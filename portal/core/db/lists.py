"""Lists: the one way in which features read many rows (see ``docs/lists.md``).

A list is built once per shape, that is, once for each combination of what changes its SQL: the kind of viewer, which
filters are set, the order. What differs between two requests of one shape is a parameter. It is executed by the driver,
without the ORM, and paged by keyset.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BindParameter, Integer, Uuid, bindparam
from sqlalchemy.sql.elements import UnaryExpression

from portal.core.actor import Actor, Channel
from portal.core.db import keyset
from portal.core.db.base import AnySelect, inline_literal
from portal.core.db.keyset import LIMIT_DEFAULT, LIMIT_MAX, Details, Page
from portal.core.db.raw_queries import RawQuery

__all__ = [
    "LIMIT_DEFAULT",
    "ME",
    "MY_YEAR",
    "SHAPES_MAX",
    "ListQuery",
    "ListStatement",
    "Page",
    "caller_values",
    "kind_of",
    "nobody_like",
]

SHAPES_MAX = 200
"""How many shapes of one list are kept at most; beyond that all are built again."""

ROWS_READ = (LIMIT_DEFAULT + 1, 51, LIMIT_MAX + 1)
"""How many rows a statement may read at most; a page takes the first of these that is enough.

The number stands in the statement, because PostgreSQL plans a LIMIT that is a parameter for a tenth of all rows.
"""

ME: BindParameter[uuid.UUID] = bindparam("me", type_=Uuid)
"""The parameter for the id of whoever asks, in statements that are built once for many callers."""

MY_YEAR: BindParameter[int | None] = bindparam("my_year", type_=Integer)
"""The parameter for the class year of whoever asks."""

NOBODY = uuid.UUID(int=0)
"""An id that no account has."""

Order = Sequence[UnaryExpression[Any]]


def kind_of(actor: Actor) -> Actor:
    """Return the actor that stands for all callers of one kind in a statement: ``account_id`` is the parameter ``ME``.

    Callers are of one kind if they have the same role and permissions. Whoever is not signed in keeps ``None`` as id.
    It is one object for all of a kind, so it can be a part of a shape.
    """
    return _kind(actor.role, actor.permissions, actor.is_waiting, actor.system, actor.account_id is None)


def nobody_like(actor: Actor) -> Actor:
    """Return an actor of the same kind and class year who is nobody: what it sees, all of its kind may see."""
    return replace(actor, account_id=NOBODY)


def caller_values(actor: Actor) -> dict[str, object]:
    """Return the values of the parameters ``ME`` and ``MY_YEAR``, which statements for a kind of caller need."""
    return {"me": actor.account_id, "my_year": actor.class_year}


@lru_cache(SHAPES_MAX)
def _kind(role: str, permissions: frozenset[str], is_waiting: bool, is_system: bool, is_unknown: bool) -> Actor:
    me = None if is_unknown else cast(uuid.UUID, ME)  # conditions take the parameter wherever they take an id
    return Actor(Channel.JOB, me, role=role, permissions=permissions, is_waiting=is_waiting, system=is_system)


@dataclass(frozen=True)
class ListStatement:
    """The statement of one shape of a list: ``rows``, sorted by ``order``, of which the last term must be unique.

    Sort values must not be NULL. ``details`` builds the statement of further columns from the subquery of the rows of a
    page, which are chosen with fewer columns. Values that differ between requests are each a ``bindparam``.
    """

    rows: AnySelect
    order: Order
    details: Details | None = None
    _queries: dict[tuple[str, int], RawQuery] = field(default_factory=dict, init=False, compare=False)

    def first(self, limit: int) -> RawQuery:
        """Return the query of the first page, which reads more than ``limit`` rows if there are more."""
        return self._query("first", limit)

    def after(self, limit: int) -> RawQuery:
        """Return the query of the page after a row, whose sort values are the parameters ``after_<position>``."""
        return self._query("after", limit)

    def until(self, limit: int) -> RawQuery:
        """Return the query of the rows up to a row, and of the page after it, with the parameters of ``after``."""
        return self._query("until", limit)

    def page(
        self, *, values: Mapping[str, object], scope: str, cursor: str | None = None, limit: int = LIMIT_DEFAULT
    ) -> Page[Any]:
        """Return at most ``limit`` rows of the list: the first, or those after ``cursor``.

        ``values`` are the parameters of the statement by name. ``scope`` names the list together with its filters.
        Raise ``Invalid`` (``bad_cursor``) for a malformed cursor and for one of another scope.
        """
        if cursor:
            rows = self.after(limit).rows(**values, **_cursor_values(cursor, scope, self.order))
        else:
            rows = self.first(limit).rows(**values)
        return keyset.cut(rows, self.order, limit, scope)

    def page_until(
        self, *, values: Mapping[str, object], scope: str, until: str | None, limit: int = LIMIT_DEFAULT
    ) -> Page[Any]:
        """Return the rows from the start of the list to the end of the page after the cursor ``until``.

        Without a cursor that is the first page. So a URL with ``?until=`` shows everything that "Show more" had
        unfolded. Of very long lists only the last ``UNFOLDED_MAX`` rows before that page are included. Arguments and
        errors are those of ``page``.
        """
        if not until:
            return self.page(values=values, scope=scope, limit=limit)
        rows = self.until(limit).rows(**values, **_cursor_values(until, scope, self.order))
        before = sum(row.is_before for row in rows)
        return keyset.cut(rows, self.order, before + limit, scope)

    def _query(self, part: str, limit: int) -> RawQuery:
        rows_read = next((number for number in ROWS_READ if number > limit), limit + 1)
        if (part, rows_read) not in self._queries:
            self._queries[part, rows_read] = RawQuery(self._select(part, inline_literal(rows_read)))
        return self._queries[part, rows_read]

    def _select(self, part: str, limit: Any) -> AnySelect:
        if part == "first":
            return keyset.select_page(self.rows, self.order, self.details, limit=limit)
        row = [bindparam(f"after_{place}", type_=term.element.type) for place, term in enumerate(self.order)]
        if part == "after":
            return keyset.select_page(self.rows, self.order, self.details, limit=limit, after=row)
        return keyset.select_until(self.rows, self.order, self.details, limit=limit, until=row)


class ListQuery:
    """A paged list; ``build`` returns its statement for a shape, whose parts are its arguments.

    The parts of a shape are hashable: the ``kind_of`` a caller, enumerations, booleans.
    """

    def __init__(self, build: Callable[..., ListStatement]) -> None:
        self._build = build
        self._statements: dict[tuple[Hashable, ...], ListStatement] = {}

    def statement(self, *shape: Hashable) -> ListStatement:
        """Return the statement of a shape, which is built at the first call."""
        known = self._statements.get(shape)
        if known is None:
            if len(self._statements) >= SHAPES_MAX:
                self._statements.clear()
            known = self._statements[shape] = self._build(*shape)
        return known

    def page(
        self,
        *shape: Hashable,
        values: Mapping[str, object],
        scope: str,
        cursor: str | None = None,
        limit: int = LIMIT_DEFAULT,
    ) -> Page[Any]:
        """Return ``ListStatement.page`` of the statement of a shape."""
        return self.statement(*shape).page(values=values, scope=scope, cursor=cursor, limit=limit)

    def page_until(
        self, *shape: Hashable, values: Mapping[str, object], scope: str, until: str | None, limit: int = LIMIT_DEFAULT
    ) -> Page[Any]:
        """Return ``ListStatement.page_until`` of the statement of a shape."""
        return self.statement(*shape).page_until(values=values, scope=scope, until=until, limit=limit)


def _cursor_values(cursor: str, scope: str, order: Order) -> dict[str, object]:
    values = keyset.decode_cursor(cursor, scope, order)
    return {f"after_{place}": value for place, value in enumerate(values)}
