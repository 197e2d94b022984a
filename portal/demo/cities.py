"""The cities where demo people live: some two hundred, with weights."""

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

CITIES_FILE = Path(__file__).parent / "data" / "cities.csv"


@dataclass(frozen=True, slots=True)
class DemoCity:
    """A city with what demo people and events need of it; a larger ``weight`` makes it a likelier choice."""

    city_id: int
    name: str
    name_ru: str
    country_code: str
    time_zone: str
    weight: int


@dataclass(frozen=True)
class CityPool:
    """All cities of the demo data, by name or at random by weight."""

    cities: tuple[DemoCity, ...]

    @cached_property
    def _weights(self) -> list[int]:
        return list(accumulate(city.weight for city in self.cities))

    def random_city(self, rng: Random) -> DemoCity:
        """Return a random city; cities with a larger weight are likelier."""
        return rng.choices(self.cities, cum_weights=self._weights)[0]

    def named(self, name: str) -> DemoCity:
        """Return the city with this English name; raise ``StopIteration`` if there is none in the pool."""
        return next(city for city in self.cities if city.name == name)


def load_city_pool() -> CityPool:
    """Return the cities for demo people that the table of cities has.

    Raise ``Invalid`` if it has fewer than half of them, as while the cities are not loaded.
    """
    with CITIES_FILE.open(encoding="utf-8", newline="") as file:
        weights = {(row["country_code"], row["name"]): int(row["weight"]) for row in csv.DictReader(file)}
    statement = sa.select(City).where(sa.tuple_(City.country_code, City.name).in_(list(weights))).order_by(City.id)
    found = tuple(
        DemoCity(city.id, city.name, city.name_ru or city.name, city.country_code, city.time_zone, weights[key])
        for city in db.session.scalars(statement)
        if (key := (city.country_code, city.name)) in weights
    )
    if len(found) < len(weights) // 2:
        raise Invalid("no_cities", "Load the cities first: flask load-cities")
    return CityPool(found)
