"""Names of countries: English in the database and on the wire, the reader's language on pages."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from portal.core.text import fold


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    return {code: name for code, name in Locale.parse(language).territories.items() if len(code) == 2}


def country_name(code: str, english: str, locale: str) -> str:
    """What readers of ``locale`` call the country; ``english`` (the stored name) where CLDR has no word."""
    language = locale.split("_")[0].split("-")[0]
    return english if language == "en" else _territories(language).get(code, english)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    return {fold(name): code for language in ("en", "ru") for code, name in _territories(language).items()}


def country_code(name: str) -> str | None:
    """The code of a country named in English or Russian as CLDR does, whatever its case."""
    return _codes().get(fold(name))
