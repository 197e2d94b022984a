"""Cities: found by typing their name in any script, and said as ``Country, City`` on the wire."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import undefer
from sqlalchemy.sql.elements import ColumnElement

from portal.cities.countries import country_code
from portal.cities.models import City
from portal.core.text import latinise
from portal.extensions import db

QUERY_MAX = 80
ID_MAX = 2**31 - 1
SHORTEST_LATER_WORD = 3
SHORTEST_WITH_ERRORS = 4
"""Below this length nearly every word is a typing error away from the text."""


def find(city_id: int) -> City | None:
    """The city, if there is one of this number; any number may be asked for."""
    return db.session.get(City, city_id) if 0 < city_id <= ID_MAX else None


def search(text: str, limit: int = 10) -> list[City]:
    """The cities meant by ``text``, best first: names that start so, in any script, then likely typing errors.

    A country may follow or precede the name after a comma. Blank or overlong text finds nothing.
    """
    name, country = _split(text)
    wanted = _comparable(name)
    if not wanted or len(wanted) > QUERY_MAX:
        return []
    within = City.country_code == country if country else sa.true()
    found = _starting_with(wanted, within, limit)
    if found or len(wanted) < SHORTEST_WITH_ERRORS:
        return found
    return _resembling(wanted, within, limit)


def meant(text: str, found: list[City]) -> City | None:
    """The first of ``found`` if ``text`` is one of its names, or how its names alone start; else it is only likely."""
    if not found or not is_named(found[0], text):
        return None
    is_sure = is_named(found[0], text, in_full=True) or not any(is_named(city, text) for city in found[1:])
    return found[0] if is_sure else None


def is_named(city: City, text: str, *, in_full: bool = False) -> bool:
    """Whether a name of the city, in any script, starts with ``text``, or is it."""
    name, country = _split(text)
    typed = _comparable(name if country else text)
    if not typed or country not in {None, city.country_code}:
        return False
    return f"|{typed}{'|' if in_full else ''}" in city.search


def parse_location(text: str) -> City | None:
    """The city whose ``location`` is ``text``; names in other cases, scripts or accents are understood too."""
    country, separator, name = (part.strip() for part in text.partition(","))
    if not separator or not name:
        return None
    exact = sa.select(City).where(City.country == country, City.name == name)
    return db.session.scalar(exact) or _named(name, country)


def _split(text: str) -> tuple[str, str | None]:
    """The name and, if the other side of a comma is a country, its code."""
    first, separator, second = (part.strip() for part in text.partition(","))
    if not separator:
        return first, None
    if code := country_code(first):
        return second, code
    return first, country_code(second)


def _comparable(name: str) -> str:
    """The name as ``City.search`` has it."""
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


def _starting_with(wanted: str, within: ColumnElement[bool], limit: int) -> list[City]:
    starts = City.search.contains(f"|{wanted}", autoescape=True)
    if len(wanted) >= SHORTEST_LATER_WORD:
        starts |= City.search.contains(f" {wanted}", autoescape=True)
    statement = sa.select(City).where(starts, within).order_by(_rank(wanted).desc(), City.id).limit(limit)
    return list(db.session.scalars(statement.options(undefer(City.search))))


def _rank(wanted: str) -> ColumnElement[float]:
    """How well a name fits, in powers of ten of inhabitants: a perfect fit outweighs a city thirty times as large."""
    fits = ((f"||{wanted}|", 1.5), (f"||{wanted}", 1.0), (f"|{wanted}|", 0.8), (f"|{wanted}", 0.0))
    fit = sa.case(*((City.search.contains(part, autoescape=True), worth) for part, worth in fits), else_=-1.0)
    return fit + _size()


def _size() -> ColumnElement[float]:
    return sa.func.log(City.population + 1000)


def _resembling(wanted: str, within: ColumnElement[bool], limit: int) -> list[City]:
    """By shared groups of three letters, at least ``SIMILARITY_THRESHOLD`` of them."""
    shown = sa.func.split_part(City.search, "|", 3)
    likeness = sa.func.word_similarity(wanted, City.search) + sa.func.word_similarity(wanted, shown)
    statement = (
        sa.select(City)
        .where(sa.literal(wanted).op("<%")(City.search), within)
        .order_by((likeness + _size() / 10).desc(), City.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement.options(undefer(City.search))))
