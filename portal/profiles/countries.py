"""Names of countries: English in the database and on the wire, the reader's language on pages."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from portal.core.text import fold

SPOKEN = {
    "ru": {"US": "США", "AE": "ОАЭ", "ZA": "ЮАР", "HK": "Гонконг", "MO": "Макао"},
    "en": {"HK": "Hong Kong", "MO": "Macao", "TR": "Turkey", "US": "USA", "GB": "UK", "NL": "The Netherlands"},
}
"""What people say instead of CLDR's formal name."""


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    formal = Locale.parse(language).territories
    return {code: name for code, name in formal.items() if len(code) == len("RU")} | SPOKEN.get(language, {})


def country_name(code: str, english: str, locale: str) -> str:
    """What readers of ``locale`` call the country; ``english`` (the stored name) where CLDR has no word."""
    language = locale.split("_")[0].split("-")[0]
    return english if language == "en" else _territories(language).get(code, english)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    formal = (Locale.parse(language).territories for language in ("en", "ru"))
    names = [names.items() for names in (*formal, *SPOKEN.values())]
    return {fold(name): code for each in names for code, name in each if len(code) == len("RU")}


def country_code(name: str) -> str | None:
    """The code of a country named in English or Russian by CLDR or in speech, whatever the case."""
    return _codes().get(fold(name))


def country_label(code: str, locale: str) -> str:
    """What readers of ``locale`` call the country of a code that exists."""
    return _territories(locale)[code]


def is_country_code(code: str) -> bool:
    """Whether a country has this code."""
    return code in _territories("en")
