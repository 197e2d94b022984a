"""What the map's pages say of a filter: its bar, and where the same people are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import url_for

from portal.alumni_map.queries import CityPanel
from portal.cities.places import Place
from portal.directory.conditions import Surroundings
from portal.directory.filters import PeopleFilter
from portal.directory.presenter import filters, map_address, people_address


def on_map(wanted: PeopleFilter, around: Surroundings, likely: Sequence[Place]) -> dict[str, Any]:
    """The context of the whole map; ``likely`` are the places that may have been meant."""
    return {
        **filters(wanted, around, likely, map_address),
        "source": url_for("alumni_map.data", **wanted.address()),
        "list_href": people_address(wanted),
    }


def in_city(wanted: PeopleFilter, panel: CityPanel, likely: Sequence[Place]) -> dict[str, Any]:
    """The context of a city's panel, whose own address stands for the city."""
    address, cursor = partial(map_address, city=panel.city.id), panel.people.next_cursor
    return {
        **filters(wanted, panel.around, likely, address),
        "source": url_for("alumni_map.data", **wanted.address()),
        "list_href": people_address(wanted, city=panel.city.id),
        "city_href": address(wanted),
        "map_href": map_address(wanted),
        "more": address(wanted, until=cursor) if cursor else None,
    }
