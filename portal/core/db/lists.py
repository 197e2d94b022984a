"""Lists: the one way in which features read many rows (see ``docs/lists.md``).

A list is built once per shape, that is, once for each combination of what changes its SQL: the kind of viewer, which
filters are set, the order. What differs between two requests of one shape is a parameter. It is executed by the driver,
without the ORM, and paged by keyset.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, cast

from sqlalchemy import BindParameter, Integer, Uuid, bindparam
from sqlalchemy.sql.elements import UnaryExpression

from portal.core.actor import Actor, Channel
from portal.core.db import keyset
from portal.core.db.base import AnySelect
from portal.core.db.keyset import LIMIT_DEFAULT, Details, Page
from portal.core.db.raw_queries import RawQuery

SHAPES_MAX = 200
"""How many shapes of one list are kept at most; beyond that all are built again."""

ME: BindParameter[uuid.UUID] = bindparam("me", type_=Uuid)
"""The parameter for the id of whoever asks, in statements that are built once for many callers."""

__all__ = ["LIMIT_DEFAULT", "ME", "ListQuery", "ListStatement", "Page", "caller_values", "kind_of", "nobody_like"]

MY_YEAR: BindParameter[int | None] = bindparam("my_year", type_=Integer)
"""The parameter for the class year of whoever asks."""

Order = Sequence[UnaryExpression[Any]]


def kind_of(actor: Actor) -> Actor:
    """Return the actor that stands for all callers of one kind in a statement: ``account_id`` is the parameter ``ME``.

    Callers are of one kind if they have the same role and permissions. Whoever is not signed in keeps ``None`` as id.
    It is one object for all of a kind, so it can be a part of a shape.
    """
    return _kind(actor.role, actor.permissions, actor.is_waiting, actor.system, actor.account_id is None)


NOBODY = uuid.UUID(int=0)
"""An id that no account has."""


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

    @cached_property
    def first(self) -> RawQuery:
        """The query of the first page, with the parameter ``limit``."""
        return RawQuery(keyset.select_page(self.rows, self.order, self.details, limit=_LIMIT))

    @cached_property
    def after(self) -> RawQuery:
        """The query of the page after a row, whose sort values are the parameters ``after_<position>``."""
        after = self._after_values()
        return RawQuery(keyset.select_page(self.rows, self.order, self.details, limit=_LIMIT, after=after))

    @cached_property
    def until(self) -> RawQuery:
        """The query of the rows up to a row, and of the page after it, with the parameters of ``after``."""
        return RawQuery(
            keyset.select_until(self.rows, self.order, self.details, limit=_LIMIT, until=self._after_values())
        )

    def _after_values(self) -> list[Any]:
        return [bindparam(f"after_{place}", type_=term.element.type) for place, term in enumerate(self.order)]


_LIMIT: Any = bindparam("limit", type_=Integer)


class ListQuery:
    """A paged list; ``build`` returns its statement for a shape, whose parts are its arguments.

    The parts of a shape are hashable: enumerations, booleans, a ``Viewer`` made by ``parameterised``.
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
        """Return at most ``limit`` rows of the list: the first, or those after ``cursor``.

        ``values`` are the parameters of the statement by name. ``scope`` names the list together with its filters.
        Raise ``Invalid`` (``bad_cursor``) for a malformed cursor and for one of another scope.
        """
        listed = self.statement(*shape)
        if cursor:
            rows = listed.after.rows(**values, **_cursor_values(cursor, scope, listed.order), limit=limit + 1)
        else:
            rows = listed.first.rows(**values, limit=limit + 1)
        return keyset.cut(rows, listed.order, limit, scope)

    def page_until(
        self, *shape: Hashable, values: Mapping[str, object], scope: str, until: str | None, limit: int = LIMIT_DEFAULT
    ) -> Page[Any]:
        """Return the rows from the start of the list to the end of the page after the cursor ``until``.

        Without a cursor that is the first page. So a URL with ``?until=`` shows everything that "Show more" had
        unfolded. Of very long lists only the last ``UNFOLDED_MAX`` rows before that page are included. Arguments and
        errors are those of ``page``.
        """
        if not until:
            return self.page(*shape, values=values, scope=scope, limit=limit)
        listed = self.statement(*shape)
        rows = listed.until.rows(**values, **_cursor_values(until, scope, listed.order), limit=limit + 1)
        before = sum(row.is_before for row in rows)
        return keyset.cut(rows, listed.order, before + limit, scope)


def _cursor_values(cursor: str, scope: str, order: Order) -> dict[str, object]:
    values = keyset.decode_cursor(cursor, scope, order)
    return {f"after_{place}": value for place, value in enumerate(values)}
