"""Search for the place that typed text means: a country, or a city by any of its names."""

from __future__ import annotations

from dataclasses import dataclass

from portal.cities import queries
from portal.cities.countries import countries_beginning, country_code, country_label
from portal.cities.queries import FoundCity


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place that typed text may mean: a city or, if ``city`` is ``None``, the country with the code ``country``."""

    country: str | None = None
    city: FoundCity | None = None

    def label(self, locale: str) -> str:
        """Return the name of the place in ``locale``, a language such as ``ru``; a city's with its country."""
        return self.city.label(locale) if self.city else country_label(self.country or "", locale)

    @property
    def query_args(self) -> dict[str, int | str | None]:
        """The query arguments ``city`` and ``country`` that narrow a people list to the place; one is ``None``."""
        return {"city": self.city.id if self.city else None, "country": self.country}


@dataclass(frozen=True, slots=True)
class PlaceMatches:
    """The places that typed text means: ``certain`` if it names exactly one, else ``likely``, all that it may mean.

    Both are empty for blank text and unknown names.
    """

    certain: PlaceMatch | None = None
    likely: tuple[PlaceMatch, ...] = ()


def find_place(text: str) -> PlaceMatches:
    """Return the places that typed text means: one certain country or city, or all likely ones, countries first.

    A country or city is certain only if the text names it; names that are merely similar are likely.
    """
    if code := country_code(text):
        return PlaceMatches(PlaceMatch(country=code))
    cities, countries = queries.search(text), countries_beginning(text)
    certain = queries.certain_match(text, cities)
    if certain and (not countries or queries.is_named(certain, text, in_full=True)):
        return PlaceMatches(PlaceMatch(city=certain))
    likely = (*(PlaceMatch(country=code) for code in countries), *(PlaceMatch(city=city) for city in cities))
    return PlaceMatches(likely=likely)
