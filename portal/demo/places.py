"""Where graduates live: some two hundred cities with weights."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from random import Random

import sqlalchemy as sa

from portal.cities.models import City
from portal.core.errors import Invalid
from portal.extensions import db

CITIES = Path(__file__).parent / "data" / "cities.csv"


@dataclass(frozen=True, slots=True)
class Home:
    """A city of the demo with what people and events need of it."""

    city_id: int
    name: str
    name_ru: str
    country_code: str
    time_zone: str
    weight: int


@dataclass(frozen=True)
class World:
    """All homes, found by name or drawn by weight."""

    homes: tuple[Home, ...]

    @cached_property
    def _weights(self) -> list[int]:
        return list(accumulate(home.weight for home in self.homes))

    def draw(self, dice: Random) -> Home:
        return dice.choices(self.homes, cum_weights=self._weights)[0]

    def named(self, name: str) -> Home:
        return next(home for home in self.homes if home.name == name)


def read() -> World:
    """The homes that the table of cities knows; raises ``Invalid`` if the cities are not loaded yet."""
    with CITIES.open(encoding="utf-8", newline="") as file:
        weights = {(row["country_code"], row["name"]): int(row["weight"]) for row in csv.DictReader(file)}
    statement = sa.select(City).where(sa.tuple_(City.country_code, City.name).in_(list(weights))).order_by(City.id)
    homes = tuple(
        Home(city.id, city.name, city.name_ru or city.name, city.country_code, city.time_zone, weights[key])
        for city in db.session.scalars(statement)
        if (key := (city.country_code, city.name)) in weights
    )
    if len(homes) < len(weights) // 2:
        raise Invalid("no_cities", "Load the cities first: flask load-cities")
    return World(homes)
