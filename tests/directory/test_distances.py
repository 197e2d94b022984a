"""Distances are measured the short way round the Earth."""

from __future__ import annotations

import pytest

from tests.directory.lists import names_for
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Page

SUVA, NUKUALOFA, LAGOS = (-18.14, 178.44), (-21.14, -175.2), (6.45, 3.39)


@pytest.mark.parametrize(("home", "neighbour"), [(SUVA, NUKUALOFA), (NUKUALOFA, SUVA)])
def test_people_beyond_180_degrees_are_near(
    page: Page, home: tuple[float, float], neighbour: tuple[float, float]
) -> None:
    me = make_account(first_name="Me", last_name="Here")
    live_in(me, make_city("Home", lat=home[0], lng=home[1]))
    for name, (lat, lng) in {"Near": neighbour, "Far": LAGOS}.items():
        live_in(make_account(first_name=name, last_name="Person"), make_city(name, lat=lat, lng=lng))
    mine = page.sign_in(me)
    assert names_for(mine, "near=1000") == ["Me Here", "Near Person"]
    assert names_for(mine, "sort=nearest") == ["Me Here", "Near Person", "Far Person"]
