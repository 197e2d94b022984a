"""Names of cities: one displayed name that is unique in its country, and a Russian one.

GeoNames gives a name, alternate names without their language and the code of a region. A name that several cities of a
country share gets the region in brackets, except for a city so much larger that everybody means it.
"""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from portal.core.text import fold, latinise

DATA = Path(__file__).parent / "data"

DUPLICATE_KM = 25
DOMINANT_FACTOR = 5
"""A city needs no region in its name if it is at least this many times larger than the next one of that name."""

_RUSSIAN = re.compile(r"^[А-ЯЁ][а-яё]+([ -][А-Яа-яЁё]+)*$")
_NOT_RUSSIAN = re.compile(r"(ьк|ьс|ъ[^ьеёюя]|ъ$|ош$|[жшч]ы|оу$|аа|ии$|нг[^аоуиы]|сьб)")
"""Letters and endings of other languages in Cyrillic, which Russian names hardly ever have."""


@dataclass(frozen=True, slots=True)
class GeoNamesCity:
    """A city of GeoNames or of our supplement as it is read, before ``name_uniquely`` makes its name unique."""

    id: int
    name: str
    country_code: str
    region: str
    lat: float
    lng: float
    time_zone: str
    population: int
    alternate_names: tuple[str, ...] = ()
    name_ru: str | None = None

    @property
    def province(self) -> tuple[str, str]:
        """The codes of the city's country and region."""
        return self.country_code, self.region


@dataclass(slots=True)
class Regions:
    """The regions of cities, by the codes of country and region, for the brackets that distinguish cities of one name.

    ``named`` holds English and Russian names of the regions that we know, ``largest`` the largest city of every region.
    """

    named: dict[tuple[str, str], tuple[str, str | None]] = field(default_factory=dict)
    largest: dict[tuple[str, str], GeoNamesCity] = field(default_factory=dict)

    @classmethod
    def of(cls, cities: list[GeoNamesCity]) -> Regions:
        """Return the regions of these cities, with the names in our file ``regions.csv``."""
        regions = cls()
        for row in read_rows("regions.csv"):
            regions.named[row["country_code"], row["region"]] = row["name"], row["name_ru"]
        for city in cities:
            known = regions.largest.get(city.province)
            if known is None or city.population > known.population:
                regions.largest[city.province] = city
        return regions

    def label(self, city: GeoNamesCity) -> tuple[str, str | None] | None:
        """Return the English and Russian text that distinguishes a city: its region's name or largest city.

        It is ``None`` if the region has no name and ``city`` is called like its largest city. The Russian text may be
        ``None``.
        """
        if city.province in self.named:
            return self.named[city.province]
        largest = self.largest[city.province]
        return None if largest.name == city.name else (largest.name, largest.name_ru)


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file in the folder ``data``, each as a dict keyed by column name."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def distance_km(one: GeoNamesCity, other: GeoNamesCity) -> float:
    """Return the great-circle distance of two cities in kilometres, accurate to half a percent."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(other.lng - one.lng) / 2) ** 2
    return 12_742 * math.asin(math.sqrt(min(1, half)))


def name_uniquely(cities: list[GeoNamesCity]) -> list[GeoNamesCity]:
    """Return the cities with names that are unique in their country: ``Zheleznogorsk (Kursk)``.

    Of several entries for one city, and of cities that no region distinguishes, only the largest is kept.
    """
    namesakes: dict[tuple[str, str], list[GeoNamesCity]] = defaultdict(list)
    for city in cities:
        namesakes[city.country_code, fold(city.name)].append(city)
    regions = Regions.of(cities)
    named: list[GeoNamesCity] = []
    for group in namesakes.values():
        named += group if len(group) == 1 else _distinguish(group, regions)
    return named


def _distinguish(group: list[GeoNamesCity], regions: Regions) -> list[GeoNamesCity]:
    """Return the cities of one country that share a name, with the region in brackets where it is needed.

    Of cities that no region distinguishes, and of duplicates, only the largest is kept.
    """
    group = _without_duplicates(sorted(group, key=lambda city: -city.population))
    is_dominant = len(group) == 1 or group[0].population >= DOMINANT_FACTOR * group[1].population
    named: dict[str, GeoNamesCity] = {}
    for position, city in enumerate(group):
        label = None if position == 0 and is_dominant else regions.label(city)
        if label is None and position > 0 and city.name in named:
            continue
        displayed = city if label is None else _with_bracket(city, *label)
        named.setdefault(fold(displayed.name), displayed)
    return list(named.values())


def _without_duplicates(group: list[GeoNamesCity]) -> list[GeoNamesCity]:
    kept: list[GeoNamesCity] = []
    for city in group:
        if not any(other.province == city.province and distance_km(other, city) < DUPLICATE_KM for other in kept):
            kept.append(city)
    return kept


def _with_bracket(city: GeoNamesCity, label: str, label_ru: str | None) -> GeoNamesCity:
    name_ru = f"{city.name_ru} ({label_ru})" if city.name_ru and label_ru else None
    return replace(city, name=f"{city.name} ({label})", name_ru=name_ru)


def russian_name(name: str, alternate_names: list[str], *, russian_spoken: bool) -> str | None:
    """Return the alternate name that is most likely Russian, by its letters and its sound; ``None`` if in doubt.

    ``russian_spoken`` says whether Russian is spoken in the country: elsewhere a Russian name hardly has a blank.
    """
    candidates = [each for each in alternate_names if _RUSSIAN.match(each) and not each.endswith(" ош")]
    if not candidates:
        return None
    sounds = _pairs(fold(name))

    def similarity(candidate: str) -> float:
        pairs = _pairs(latinise(candidate))
        score = 2 * len(pairs & sounds) / (len(pairs) + len(sounds))
        if _NOT_RUSSIAN.search(candidate):
            score -= 0.5
        if not russian_spoken and " " in candidate:  # Russian hyphenates foreign names, its neighbours do not
            score -= 0.3
        return score

    best = max(candidates, key=lambda candidate: (similarity(candidate), len(candidate)))
    return best if similarity(best) > 0.2 else None


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}
