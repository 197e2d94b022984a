"""Filters of one shape share their statements, whatever they look for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask_babel import force_locale

from portal.application import PortalFlask
from portal.directory.conditions import FilterShape, PlacedCity, SearchContext, shape_and_values
from portal.directory.filters import Group, PeopleFilter, Sort

HOME = PlacedCity(1, "Kazan", None, "Russia", "RU", 55.8, 49.1)
AT_HOME = SearchContext(home=HOME)
NOWHERE = SearchContext()


@pytest.fixture(autouse=True)
def readers_of_english(app: PortalFlask) -> Iterator[None]:
    with app.app_context(), force_locale("en"):
        yield


def shape(context: SearchContext = NOWHERE, **criteria: Any) -> FilterShape:
    return shape_and_values(PeopleFilter(**criteria), context)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"search": "petrov ivan"}, {"search": "саша smith"}),
        ({"city_id": 1, "year_from": 2010}, {"city_id": 2, "year_from": 2020}),
        ({"programme": "maths"}, {"programme": "100%"}),
        ({"country": "RU"}, {"country": "DE"}),
    ],
)
def test_values_do_not_change_the_shape(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert shape(**one) == shape(**other)


def test_everything_else_does() -> None:
    shapes = [
        shape(),
        shape(search="petrov"),
        shape(search="petrov smith"),
        shape(search="ivan"),
        shape(SearchContext(misspelled=frozenset({"ptrov"})), search="ptrov"),
        shape(search="!"),
        shape(city_id=1),
        shape(city_id=1, year_to=2020),
        shape(group=Group.YEAR),
        shape(sort=Sort.NEWEST),
        shape(AT_HOME, sort=Sort.NEAREST),
        shape(AT_HOME, near=100),
        shape(AT_HOME, near=100, sort=Sort.NEAREST),
    ]
    with force_locale("ru"):
        shapes.append(shape())
    assert len(set(shapes)) == len(shapes)


def test_a_city_of_ones_own_matters_only_to_distances() -> None:
    assert shape(AT_HOME, search="petrov") == shape(search="petrov")
    assert shape(AT_HOME, near=25) == shape(AT_HOME, near=300)
