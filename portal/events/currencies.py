"""The currencies that an event can cost, and the one that is used in a country."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies

from portal.cities.models import CityNames
from portal.events.models import DEFAULT_CURRENCY
from portal.profiles.visibility import CityLabel

USUAL = ("RUB", "EUR", "USD", "GBP", "CHF", "KZT", "UZS", "BYN", "AMD", "GEL", "TRY", "AED", "INR", "CNY")
"""The codes of the currencies that come first in lists."""
NEWER = {"BG": "EUR"}
"""Currencies of countries that have changed since Babel's data was made, by country code."""


@cache
def currency_of(country_code: str) -> str | None:
    """Return the ISO 4217 code of the currency of a country, given by its ISO 3166 code, or ``None`` if it has none."""
    return NEWER.get(country_code) or next(iter(get_territory_currencies(country_code)), None)


def local_currency(city: CityNames | CityLabel | None) -> str:
    """Return the code of the currency in which an event in a city costs unless another is chosen.

    It is ``DEFAULT_CURRENCY`` without a city, and for one in a country without a currency of its own.
    """
    return (city and currency_of(city.country_code)) or DEFAULT_CURRENCY


def _all_codes() -> tuple[str, ...]:
    countries = (str(code) for code in Locale("en").territories)
    used = {code for country in countries if len(country) == 2 and (code := currency_of(country))}
    return (*USUAL, *sorted(used - set(USUAL)))


CURRENCIES = _all_codes()
"""The codes of all currencies that an event can cost: the usual ones, then the others by code."""
