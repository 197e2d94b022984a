"""Names of countries: English in the database and on the wire, the reader's language on pages."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

from portal.core.text import fold

SPOKEN = {
    "ru": {"US": "США", "AE": "ОАЭ", "ZA": "ЮАР", "HK": "Гонконг", "MO": "Макао"},
    "en": {"HK": "Hong Kong", "MO": "Macao", "TR": "Turkey", "US": "USA", "GB": "UK", "NL": "The Netherlands"},
}
"""What people say instead of CLDR's formal name."""

ALSO = {
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
"""Further names: those of GeoNames that CLDR spells otherwise, and those in daily use."""

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
SHORTEST_BEGINNING = 3


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
    known = {_comparable(name): code for each in names for code, name in each if code in known_codes()}
    return known | {_comparable(name): code for code, others in ALSO.items() for name in others}


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """Of the territories of CLDR those that are countries, or are counted like one where cities are."""
    return frozenset(code for code in _territories("en") if code.isalpha() and code not in NO_COUNTRIES)


def _comparable(name: str) -> str:
    """In one spelling: ``St. Kitts & Nevis`` is Saint Kitts and Nevis."""
    inline_literal = re.sub(r"\bSt\.?(?= )", "Saint", name.replace("&", "and"))
    return fold(inline_literal).removeprefix("the ")


def country_code(name: str) -> str | None:
    """The code of a country named in English or Russian by CLDR, by GeoNames or in speech, whatever the case."""
    return _codes().get(_comparable(name))


def countries_beginning(text: str, limit: int = 3) -> list[str]:
    """Codes of countries one of whose names begins with ``text``; none for fewer than three letters."""
    typed = _comparable(text)
    if len(typed) < SHORTEST_BEGINNING:
        return []
    return list(dict.fromkeys(code for name, code in _codes().items() if name.startswith(typed)))[:limit]


def country_label(code: str, locale: str) -> str:
    """What readers of ``locale`` call the country of a code that exists."""
    return _territories(locale)[code]


def is_country_code(code: str) -> bool:
    """Whether a country has this code."""
    return code in known_codes()
