"""Resolve typed text to a place: a country, or a city by any of its names."""

from __future__ import annotations

from dataclasses import dataclass

from portal.cities import queries
from portal.cities.countries import countries_beginning, country_code, country_label
from portal.cities.models import City


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A city, or the country of a code."""

    country: str | None = None
    city: City | None = None

    def label(self, locale: str) -> str:
        """Return the name of the place in the language of ``locale``."""
        return self.city.label(locale) if self.city else country_label(self.country or "", locale)

    @property
    def query_args(self) -> dict[str, int | str | None]:
        """The query arguments by which a list of people is narrowed to the place."""
        return {"city": self.city.id if self.city else None, "country": self.country}


@dataclass(frozen=True, slots=True)
class PlaceMatches:
    """The one place that a text names, or all that it may mean; neither for blank text and unknown names."""

    certain: PlaceMatch | None = None
    likely: tuple[PlaceMatch, ...] = ()


def find_place(text: str) -> PlaceMatches:
    """Return the place that the text names; what merely resembles the text is never certain."""
    if code := country_code(text):
        return PlaceMatches(PlaceMatch(country=code))
    cities, countries = queries.search(text), countries_beginning(text)
    certain = queries.certain_match(text, cities)
    if certain and (not countries or queries.is_named(certain, text, in_full=True)):
        return PlaceMatches(PlaceMatch(city=certain))
    likely = (*(PlaceMatch(country=code) for code in countries), *(PlaceMatch(city=city) for city in cities))
    return PlaceMatches(likely=likely)
