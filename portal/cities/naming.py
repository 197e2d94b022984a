"""What a city is called: one displayed name per place and country, and its Russian name.

GeoNames gives a name, alternate names without their language and the code of a region. Names that several places of a
country share get the region in brackets, unless one place is so much larger that everybody means it.
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

SAME_PLACE_KM = 25
MEANT_BY_EVERYBODY = 5
"""How many times larger the largest namesake must be to need no region."""

_RUSSIAN = re.compile(r"^[А-ЯЁ][а-яё]+([ -][А-Яа-яЁё]+)*$")
_ELSEWHERE = re.compile(r"(ьк|ьс|ъ[^ьеёюя]|ъ$|ош$|[жшч]ы|оу$|аа|ии$|нг[^аоуиы]|сьб)")
"""Spellings of neighbouring languages in Cyrillic; a Russian name hardly ever has them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A city as it comes from GeoNames or from our supplement, before it has its displayed name."""

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
        return self.country_code, self.region


@dataclass(slots=True)
class Regions:
    """What to write in brackets: the region's name where we know it, else its largest city."""

    named: dict[tuple[str, str], tuple[str, str | None]] = field(default_factory=dict)
    largest: dict[tuple[str, str], Place] = field(default_factory=dict)

    @classmethod
    def of(cls, places: list[Place]) -> Regions:
        regions = cls()
        for row in read_rows("regions.csv"):
            regions.named[row["country_code"], row["region"]] = row["name"], row["name_ru"]
        for place in places:
            known = regions.largest.get(place.province)
            if known is None or place.population > known.population:
                regions.largest[place.province] = place
        return regions

    def label(self, place: Place) -> tuple[str, str | None] | None:
        """The bracket for ``place`` in English and Russian; none when it is its region's own largest city."""
        if place.province in self.named:
            return self.named[place.province]
        largest = self.largest[place.province]
        return None if largest.name == place.name else (largest.name, largest.name_ru)


def read_rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance, good to half a percent."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(other.lng - one.lng) / 2) ** 2
    return 12_742 * math.asin(math.sqrt(min(1, half)))


def name_uniquely(places: list[Place]) -> list[Place]:
    """The same places with displayed names that are unique in their country, without second entries of one place."""
    namesakes: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        namesakes[place.country_code, fold(place.name)].append(place)
    regions = Regions.of(places)
    named: list[Place] = []
    for group in namesakes.values():
        named += group if len(group) == 1 else _tell_apart(group, regions)
    return named


def _tell_apart(group: list[Place], regions: Regions) -> list[Place]:
    """Names for the places of one country that share theirs; the smaller of two with one bracket is left out."""
    group = _without_repeats(sorted(group, key=lambda place: -place.population))
    obvious = len(group) == 1 or group[0].population >= MEANT_BY_EVERYBODY * group[1].population
    named: dict[str, Place] = {}
    for position, place in enumerate(group):
        label = None if position == 0 and obvious else regions.label(place)
        if label is None and position > 0 and place.name in named:
            continue
        shown = place if label is None else _with_bracket(place, *label)
        named.setdefault(fold(shown.name), shown)
    return list(named.values())


def _without_repeats(group: list[Place]) -> list[Place]:
    kept: list[Place] = []
    for place in group:
        if not any(other.province == place.province and distance_km(other, place) < SAME_PLACE_KM for other in kept):
            kept.append(place)
    return kept


def _with_bracket(place: Place, label: str, label_ru: str | None) -> Place:
    name_ru = f"{place.name_ru} ({label_ru})" if place.name_ru and label_ru else None
    return replace(place, name=f"{place.name} ({label})", name_ru=name_ru)


def russian_name(name: str, alternate_names: list[str], *, russian_spoken: bool) -> str | None:
    """The alternate name most likely to be Russian, judged by its letters and by how it sounds; none if in doubt."""
    candidates = [each for each in alternate_names if _RUSSIAN.match(each) and not each.endswith(" ош")]
    if not candidates:
        return None
    sounds = _pairs(fold(name))

    def likeness(candidate: str) -> float:
        pairs = _pairs(latinise(candidate))
        score = 2 * len(pairs & sounds) / (len(pairs) + len(sounds))
        if _ELSEWHERE.search(candidate):
            score -= 0.5
        if not russian_spoken and " " in candidate:  # Russian hyphenates foreign names, its neighbours do not
            score -= 0.3
        return score

    best = max(candidates, key=lambda candidate: (likeness(candidate), len(candidate)))
    return best if likeness(best) > 0.2 else None


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}
