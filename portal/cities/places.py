"""What somebody means who types a place: a country, or a city by any of its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.cities import queries
from portal.cities.countries import countries_beginning, country_code, country_label
from portal.cities.models import City


@dataclass(frozen=True, slots=True)
class Place:
    """A city or the country of this code; ``arguments`` are what an address of people says for it."""

    country: str | None = None
    city: City | None = None

    def label(self, locale: str) -> str:
        """What readers of ``locale`` call it."""
        return self.city.label(locale) if self.city else country_label(self.country or "", locale)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"city": self.city.id if self.city else None, "country": self.country}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The one place that a text names, or all that it may mean; neither for blank text and unknown names."""

    certain: Place | None = None
    likely: tuple[Place, ...] = ()


def meant_by(text: str) -> Meaning:
    """A likely place is never put in the place of another: only what was named is certain."""
    if code := country_code(text):
        return Meaning(Place(country=code))
    found, countries = queries.search(text), countries_beginning(text)
    certain = queries.meant(text, found)
    if certain and (not countries or queries.is_named(certain, text, in_full=True)):
        return Meaning(Place(city=certain))
    likely = (*(Place(country=code) for code in countries), *(Place(city=city) for city in found))
    return Meaning(likely=likely)
