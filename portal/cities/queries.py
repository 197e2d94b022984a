"""Search for cities by typed names in any script, and by the ``Country, City`` of legacy clients."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from portal.cities.countries import country_code
from portal.cities.models import City, CityNames
from portal.cities.spelling import is_near
from portal.core.db.base import inline_literal
from portal.core.db.lists import SHAPES_MAX
from portal.core.db.raw_queries import RawQuery
from portal.core.text import LIKE_ESCAPE, fold, latinise, like_pattern
from portal.extensions import db

QUERY_MAX = 80
ID_MAX = 2**31 - 1
MATCHES_MAX = 10
NAMESAKES_MAX = 60
SIMILAR_MAX = 40
MUCH_LARGER = 20
FAR_LARGER = 50
CODE_MAX = 3
FULL_MATCH = 100.0
_TITLE = re.compile(r"^(?:г\.|гор\.|(?:г|город|city of)\s)\s*", re.IGNORECASE)
"""What people write before the name of a city."""
SHORTEST_LATER_WORD = 3
SHORTEST_WITH_ERRORS = 4
"""Length from which text may be misspelled; shorter texts resemble nearly every name."""


@dataclass(frozen=True, slots=True)
class FoundCity(CityNames):
    """A city that a search found; its fields are columns of ``City``."""

    id: int
    name: str
    name_ru: str | None
    country: str
    country_code: str
    lat: float
    lng: float
    population: int
    search: str


def find(city_id: int) -> City | None:
    """Return the city with this id, or ``None`` if there is none; the id may be any number."""
    return db.session.get(City, city_id) if 0 < city_id <= ID_MAX else None


def search(text: str, limit: int = MATCHES_MAX) -> list[FoundCity]:
    """Return up to ``limit`` cities that ``text`` may mean, best match first.

    These are cities one of whose names begins with it, in any script, else those with a similar name. A country may
    follow or precede the name after a comma, and a region the name in brackets, as in ``City.name``. Blank or overlong
    text finds nothing.
    """
    name, country = _split(text)
    prefix = _comparable(name.partition("(")[0])
    if not prefix or len(prefix) > QUERY_MAX:
        return []
    if "(" in name:
        namesakes = _starting_with(prefix, country, NAMESAKES_MAX)
        if shown_so := [city for city in namesakes if _is_shown_as(city, name)]:
            return shown_so[:limit]
    matches = _starting_with(prefix, country, limit)
    if matches or len(prefix) < SHORTEST_WITH_ERRORS:
        return matches
    return _similar_to(prefix, country)[:limit]


def certain_match(text: str, matches: list[FoundCity]) -> FoundCity | None:
    """Return the first city of ``matches``, a result of ``search``, if ``text`` certainly means it, else ``None``.

    It does if it is the full name under which the city is shown, and all others that are called so are much smaller;
    else if it is a usual short form of one city; else if it is another full name of one city alone. The beginning of a
    name is never certain, nor is the text if there may be more cities than ``matches``, if a far larger city may be
    meant by it too, or if it could be a code and not a name.
    """
    name = _split(text)[0]
    if "(" in name:
        shown_so = [city for city in matches if _is_shown_as(city, name)]
        return shown_so[0] if len(shown_so) == 1 else None
    typed = _typed_name(text)
    candidate = _only_one_named(typed, matches)
    if candidate is None or f"|!{typed}|" in candidate.search:
        return candidate
    if _may_be_code(text) and fold(text) not in {fold(candidate.name), fold(candidate.name_ru or "")}:
        return None
    return None if any(_may_be_meant(city, typed, instead_of=candidate) for city in matches) else candidate


def _only_one_named(typed: str, matches: list[FoundCity]) -> FoundCity | None:
    shown = sorted((city for city in matches if f"||{typed}|" in city.search), key=lambda city: -city.population)
    named = [city for city in matches if f"|!{typed}|" in city.search and city not in shown]
    if shown:
        others = (*shown[1:], *named)
        return shown[0] if all(city.population * MUCH_LARGER <= shown[0].population for city in others) else None
    if not named and len(matches) < MATCHES_MAX:
        named = [city for city in matches if f"|{typed}|" in city.search]
    return named[0] if len(named) == 1 and typed else None


def _is_shown_as(city: City | FoundCity, name: str) -> bool:
    """Return whether a city is shown under this name, with the region in brackets where it has one."""
    return _comparable(name) in {_comparable(city.name), _comparable(city.name_ru or "")}


def _may_be_code(text: str) -> bool:
    """Return whether the text may be the code of an airport: up to three Latin letters, which also spell other names.

    LON is London's code, and the Russian name of Lognes in Latin letters.
    """
    return len(text) <= CODE_MAX and text.isascii()


def _may_be_meant(city: FoundCity, typed: str, *, instead_of: FoundCity) -> bool:
    """Return whether a far larger city may be meant by a name: it is called so too, or begins so if that is short."""
    end = "" if len(typed) <= CODE_MAX else "|"
    return city.population > FAR_LARGER * instead_of.population and f"|{typed}{end}" in city.search


def _typed_name(text: str) -> str:
    """Return the name of a city in text that may also hold its country, in the spelling of ``City.search``."""
    name, country = _split(text)
    return _comparable(name if country or "," not in text else text)


def is_named(city: City | FoundCity, text: str, *, in_full: bool = False) -> bool:
    """Return whether a name of the city, in any script, begins with ``text``, or with ``in_full`` equals it.

    ``text`` may hold a country before or after a comma, which must then be that of the city.
    """
    name, country = _split(text)
    typed = _typed_name(text)
    if not typed or country not in {None, city.country_code}:
        return False
    return f"|{typed}{'|' if in_full else ''}" in city.search or _is_shown_as(city, name)


def parse_location(text: str) -> City | None:
    """Return the city that ``Country, City`` names, also in another case or script or with other accents, or ``None``.

    Of several cities that match, the largest is returned, unless one has exactly these English names.
    """
    country, separator, name = (part.strip() for part in text.partition(","))
    if not separator or not name:
        return None
    exact = sa.select(City).where(City.country == country, City.name == name)
    return db.session.scalar(exact) or _named(name, country)


def _split(text: str) -> tuple[str, str | None]:
    """Return the name of a city and the code of its country from text such as ``City, Country`` or ``Country, City``.

    The code is ``None`` without a comma, or if the text names no known country. "г." before a city is no part of its
    name.
    """
    first, separator, second = (_TITLE.sub("", part.strip()) for part in text.partition(","))
    if not separator:
        return first, None
    if code := country_code(first):
        return second, code
    return first, country_code(second)


def _comparable(name: str) -> str:
    """Return a name in the spelling of ``City.search``: latinised and without bars."""
    return latinise(name).replace("|", "")


def _named(name: str, country: str) -> City | None:
    folded = _comparable(name)
    code = country_code(country)
    in_country = City.country_code == code if code else sa.func.lower(City.country) == country.lower()
    statement = (
        sa.select(City)
        .where(City.search.contains(f"|{folded}|", autoescape=True), in_country)
        .order_by(City.population.desc())
        .limit(1)
    )
    return db.session.scalar(statement) if folded else None


def _starting_with(prefix: str, country: str | None, limit: int) -> list[FoundCity]:
    query = _starting(len(prefix) >= SHORTEST_LATER_WORD, country is not None, limit)
    patterns = {name: like_pattern(form.format(prefix)) for name, form in FORMS.items()}
    return [FoundCity(*row) for row in query.rows(**patterns, country=country)]


FORMS = {
    "shown": "||{}|",
    "short": "|!{}|",
    "begins_shown": "||{}",
    "equals": "|{}|",
    "begins": "|{}",
    "later_word": " {}",
}
"""What ``City.search`` contains of cities that a text may mean, by the name of the parameter."""
GRADES = {"shown": FULL_MATCH, "short": FULL_MATCH, "begins_shown": 1.0, "equals": 0.8, "begins": 0.0}
COLUMNS: tuple[Any, ...] = tuple(getattr(City, field.name) for field in fields(FoundCity))


@lru_cache(SHAPES_MAX)
def _starting(has_later_word: bool, has_country: bool, limit: int) -> RawQuery:
    """Return the query of cities one of whose names begins with a text, best match first.

    Matches are ranked by their kind and the logarithm of the population, which counts in powers of ten. Cities shown
    under the name or known by it for short outweigh any population, so that none of them is cut off by the cities whose
    names only begin with it.
    """
    starts = sa.or_(_contains("begins"), _contains("later_word")) if has_later_word else _contains("begins")
    grade = sa.case(*((_contains(name), worth) for name, worth in GRADES.items()), else_=-1.0)
    found = sa.select(*COLUMNS).where(starts, _within(has_country=has_country))
    return RawQuery(found.order_by((grade + _size()).desc(), City.id).limit(inline_literal(limit)))


def _contains(parameter: str) -> ColumnElement[bool]:
    return City.search.like(sa.bindparam(parameter), escape=LIKE_ESCAPE)


def _within(*, has_country: bool) -> ColumnElement[bool]:
    return City.country_code == sa.bindparam("country") if has_country else sa.true()


def _size() -> ColumnElement[float]:
    return sa.func.log(City.population + 1000)


def _similar_to(prefix: str, country: str | None) -> list[FoundCity]:
    """Return the cities whose names share enough trigrams with ``prefix``, most similar and largest first.

    PostgreSQL's ``<%`` requires a similarity of ``SIMILARITY_THRESHOLD``, which is not enough, because many names end
    alike: ``is_near`` decides.
    """
    rows = _similar(country is not None).rows(prefix=prefix, country=country)
    return [FoundCity(*row) for row in rows if is_near(prefix, row.search)]


@cache
def _similar(has_country: bool) -> RawQuery:
    prefix = sa.bindparam("prefix", type_=sa.Text)
    displayed = sa.func.split_part(City.search, "|", 3)
    similarity = sa.func.word_similarity(prefix, City.search) + sa.func.word_similarity(prefix, displayed)
    found = sa.select(*COLUMNS).where(prefix.op("<%")(City.search), _within(has_country=has_country))
    return RawQuery(found.order_by((similarity + _size() / 10).desc(), City.id).limit(inline_literal(SIMILAR_MAX)))
