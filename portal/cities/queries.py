"""Search for cities by typed names in any script, and by the ``Country, City`` of legacy clients."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import undefer
from sqlalchemy.sql.elements import ColumnElement

from portal.cities.countries import country_code
from portal.cities.models import City
from portal.cities.spelling import is_near
from portal.core.text import fold, latinise
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


def find(city_id: int) -> City | None:
    """Return the city with this id, or ``None`` if there is none; the id may be any number."""
    return db.session.get(City, city_id) if 0 < city_id <= ID_MAX else None


def search(text: str, limit: int = MATCHES_MAX) -> list[City]:
    """Return up to ``limit`` cities that ``text`` may mean, best match first.

    These are cities one of whose names begins with it, in any script, else those with a similar name. A country may
    follow or precede the name after a comma, and a region the name in brackets, as in ``City.name``. Blank or overlong
    text finds nothing.
    """
    name, country = _split(text)
    prefix = _comparable(name.partition("(")[0])
    if not prefix or len(prefix) > QUERY_MAX:
        return []
    within = City.country_code == country if country else sa.true()
    if "(" in name:
        namesakes = _starting_with(prefix, within, NAMESAKES_MAX)
        if shown_so := [city for city in namesakes if _is_shown_as(city, name)]:
            return shown_so[:limit]
    matches = _starting_with(prefix, within, limit)
    if matches or len(prefix) < SHORTEST_WITH_ERRORS:
        return matches
    return _similar_to(prefix, within, limit)


def certain_match(text: str, matches: list[City]) -> City | None:
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


def _only_one_named(typed: str, matches: list[City]) -> City | None:
    shown = sorted((city for city in matches if f"||{typed}|" in city.search), key=lambda city: -city.population)
    named = [city for city in matches if f"|!{typed}|" in city.search and city not in shown]
    if shown:
        others = (*shown[1:], *named)
        return shown[0] if all(city.population * MUCH_LARGER <= shown[0].population for city in others) else None
    if not named and len(matches) < MATCHES_MAX:
        named = [city for city in matches if f"|{typed}|" in city.search]
    return named[0] if len(named) == 1 and typed else None


def _is_shown_as(city: City, name: str) -> bool:
    """Return whether a city is shown under this name, with the region in brackets where it has one."""
    return _comparable(name) in {_comparable(city.name), _comparable(city.name_ru or "")}


def _may_be_code(text: str) -> bool:
    """Return whether the text may be the code of an airport: up to three Latin letters, which also spell other names.

    LON is London's code, and the Russian name of Lognes in Latin letters.
    """
    return len(text) <= CODE_MAX and text.isascii()


def _may_be_meant(city: City, typed: str, *, instead_of: City) -> bool:
    """Return whether a far larger city may be meant by a name: it is called so too, or begins so if that is short."""
    end = "" if len(typed) <= CODE_MAX else "|"
    return city.population > FAR_LARGER * instead_of.population and f"|{typed}{end}" in city.search


def _typed_name(text: str) -> str:
    """Return the name of a city in text that may also hold its country, in the spelling of ``City.search``."""
    name, country = _split(text)
    return _comparable(name if country or "," not in text else text)


def is_named(city: City, text: str, *, in_full: bool = False) -> bool:
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


def _starting_with(prefix: str, within: ColumnElement[bool], limit: int) -> list[City]:
    starts = City.search.contains(f"|{prefix}", autoescape=True)
    if len(prefix) >= SHORTEST_LATER_WORD:
        starts |= City.search.contains(f" {prefix}", autoescape=True)
    statement = sa.select(City).where(starts, within).order_by(_rank(prefix).desc(), City.id).limit(limit)
    return list(db.session.scalars(statement.options(undefer(City.search))))


def _rank(prefix: str) -> ColumnElement[float]:
    """Return the SQL expression that ranks matches of ``prefix``: kind of match plus logarithm of population.

    It counts in powers of ten. Cities shown under the name or known by it for short outweigh any population, so that
    none of them is cut off by the cities whose names only begin with it.
    """
    grades = (
        (f"||{prefix}|", FULL_MATCH),
        (f"|!{prefix}|", FULL_MATCH),
        (f"||{prefix}", 1.0),
        (f"|{prefix}|", 0.8),
        (f"|{prefix}", 0.0),
    )
    grade = sa.case(*((City.search.contains(part, autoescape=True), worth) for part, worth in grades), else_=-1.0)
    return grade + _size()


def _size() -> ColumnElement[float]:
    return sa.func.log(City.population + 1000)


def _similar_to(prefix: str, within: ColumnElement[bool], limit: int) -> list[City]:
    """Return up to ``limit`` cities whose names share enough trigrams with ``prefix``, most similar and largest first.

    ``within`` is a further condition. PostgreSQL's ``<%`` requires a similarity of ``SIMILARITY_THRESHOLD``, which is
    not enough, because many names end alike: ``is_near`` decides.
    """
    displayed = sa.func.split_part(City.search, "|", 3)
    similarity = sa.func.word_similarity(prefix, City.search) + sa.func.word_similarity(prefix, displayed)
    statement = (
        sa.select(City)
        .where(sa.literal(prefix).op("<%")(City.search), within)
        .order_by((similarity + _size() / 10).desc(), City.id)
        .limit(SIMILAR_MAX)
    )
    similar = db.session.scalars(statement.options(undefer(City.search)))
    return [city for city in similar if is_near(prefix, city.search)][:limit]
