"""Names of countries: English in the database and in JSON, the viewer's language on pages."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

from portal.core.text import fold

COLLOQUIAL = {
    "ru": {"US": "США", "AE": "ОАЭ", "ZA": "ЮАР", "HK": "Гонконг", "MO": "Макао"},
    "en": {"HK": "Hong Kong", "MO": "Macao", "TR": "Turkey", "US": "USA", "GB": "UK", "NL": "The Netherlands"},
}
"""Names in daily use that are shown instead of the formal ones of CLDR, by language and country code."""

ALTERNATIVES = {
    "BA": ("Bosnia and Herzegovina",),
    "BQ": ("Bonaire / Saint Eustatius and Saba",),
    "BY": ("Белоруссия",),
    "CC": ("Cocos Islands",),
    "CD": ("Democratic Republic of the Congo", "DR Congo"),
    "CG": ("Republic of the Congo", "Congo"),
    "CI": ("Ivory Coast",),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic", "Чешская Республика"),
    "DE": ("Deutschland", "ФРГ"),
    "FK": ("Falkland Islands",),
    "GB": ("England", "Great Britain", "Англия", "Британия"),
    "KG": ("Киргизстан", "Kyrgyz Republic"),
    "KR": ("Korea", "Корея", "South Korea", "Южная Корея"),
    "MD": ("Молдавия",),
    "MF": ("Saint Martin",),
    "MK": ("Macedonia", "Македония"),
    "MM": ("Myanmar", "Burma"),
    "NL": ("Holland", "Голландия"),
    "PN": ("Pitcairn",),
    "PS": ("Palestinian Territory", "Palestine"),
    "SH": ("Saint Helena",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor", "Timor Leste"),
    "TR": ("Turkiye",),
    "US": ("America", "United States of America", "Америка"),
    "VA": ("Vatican",),
    "VC": ("Saint Vincent and the Grenadines",),
    "VG": ("British Virgin Islands",),
    "VI": ("U.S. Virgin Islands",),
}
"""Further names by which a country is found: those that GeoNames spells unlike CLDR, and those in daily use."""

NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
SHORTEST_PREFIX = 3


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    formal = Locale.parse(language).territories
    return {code: name for code, name in formal.items() if len(code) == len("RU")} | COLLOQUIAL.get(language, {})


def country_name(code: str, english: str, locale: str) -> str:
    """Return a country's name in the language of ``locale``.

    It is the stored English name ``english`` for English, and for other languages if CLDR has no name for ``code``.
    """
    language = locale.split("_")[0].split("-")[0]
    return english if language == "en" else _territories(language).get(code, english)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    formal = (Locale.parse(language).territories for language in ("en", "ru"))
    names = [names.items() for names in (*formal, *COLLOQUIAL.values())]
    known = {_comparable(name): code for each in names for code, name in each if code in known_codes()}
    return known | {_comparable(name): code for code, others in ALTERNATIVES.items() for name in others}


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """Return the two-letter codes of all countries and of territories that GeoNames lists like countries."""
    return frozenset(code for code in _territories("en") if code.isalpha() and code not in NOT_COUNTRIES)


def _comparable(name: str) -> str:
    """Return the spelling in which names of countries are compared: ``St. Kitts & Nevis`` is Saint Kitts and Nevis."""
    spelled_out = re.sub(r"\bSt\.?(?= )", "Saint", name.replace("&", "and"))
    return fold(spelled_out).removeprefix("the ")


def country_code(name: str) -> str | None:
    """Return the two-letter code of a country, or ``None`` if no country has that name.

    ``name`` is an English or Russian name in CLDR, GeoNames or daily use, in any case.
    """
    return _codes().get(_comparable(name))


def countries_beginning(text: str, limit: int = 3) -> list[str]:
    """Return the codes of up to ``limit`` countries with a name that begins with ``text``.

    The list is empty for text of fewer than three characters.
    """
    prefix = _comparable(text)
    if len(prefix) < SHORTEST_PREFIX:
        return []
    return list(dict.fromkeys(code for name, code in _codes().items() if name.startswith(prefix)))[:limit]


def country_label(code: str, locale: str) -> str:
    """Return the name of a country in ``locale``, which must be a language such as ``ru``.

    Raise ``KeyError`` if ``code`` is not one of ``known_codes``.
    """
    return _territories(locale)[code]


def is_country_code(code: str) -> bool:
    """Return whether ``code`` is the two-letter code of a country, in capitals."""
    return code in known_codes()
