"""The people of a filter as parts of statements: who they are, their order, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.db.base import AnySelect, inline_literal
from portal.directory import conditions
from portal.directory.conditions import FilterShape
from portal.directory.filters import Sort
from portal.directory.name_search import by_name

Order = tuple[UnaryExpression[Any], ...]


@dataclass(frozen=True, slots=True)
class PeopleSelection:
    """The people of a filter as statements: ``ids`` selects their ids, to be sorted by the terms ``order``.

    ``unordered`` selects the same ids for counting, without what only the order needs.
    """

    ids: AnySelect
    order: Order
    unordered: AnySelect

    def total(self, most: int | None) -> ColumnElement[int]:
        """Return the SQL expression, labelled ``total``, of the number of selected people, at most ``most``."""
        counted = self.unordered.limit(inline_literal(most)) if most else self.unordered
        return select(func.count()).select_from(counted.subquery()).scalar_subquery().label("total")

    def materialised(self) -> PeopleSelection:
        """Return the selection as a common table expression (CTE), which PostgreSQL runs once to count and to list.

        Use it for a selection that costs more to run twice than to keep.
        """
        keys = (term.element.label(f"key_{place}") for place, term in enumerate(self.order))
        selected = self.ids.add_columns(*keys).cte("selected")
        columns = ((selected.c[f"key_{place}"], term.modifier is desc_op) for place, term in enumerate(self.order))
        order = tuple(column.desc() if is_descending else column.asc() for column, is_descending in columns)
        return PeopleSelection(select(selected.c.id), order, select(selected.c.id))


def select_people_of(actor: Actor, shape: FilterShape) -> PeopleSelection:
    """Return the selection of the people of filters of one shape; its statements take the parameters of the shape."""
    unordered = ids = conditions.matching_people(actor, shape)
    order = _order(shape)
    if "home" in shape.criteria:
        cities = conditions.cities_around(shape)
        ids = ids.join(cities, cities.c.id == City.id)
        if shape.sort is Sort.NEAREST:
            order = (cities.c.km.asc(), *by_name(shape.language))
    selection = PeopleSelection(ids, order, unordered)
    return selection.materialised() if shape.words is not None or "near" in shape.criteria else selection


def _order(shape: FilterShape) -> Order:
    if shape.sort is Sort.MATCH and shape.match:
        return shape.match.order(shape.language)
    if shape.sort is Sort.NEWEST:
        return (Account.verified_at.desc(), Account.id.desc())
    return by_name(shape.language)
