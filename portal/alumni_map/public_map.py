"""The public map: numbers of people by city and country, published once a day and rounded (``core.disclosure``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.alumni_map import counters
from portal.alumni_map.counts import CITY_COLUMNS, CityCount
from portal.alumni_map.models import PublicFigures
from portal.cities.countries import country_name
from portal.cities.models import CITIES, City
from portal.core.clock import now
from portal.core.db.base import AnySelect
from portal.core.db.raw_queries import RawQuery
from portal.core.db.remembered import Remembered
from portal.core.db.unit_of_work import committing
from portal.core.disclosure import published
from portal.extensions import db
from portal.profiles.visibility import CityLabel

CELL_BYTES = 600


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the public map: the people of one city, or of the smaller cities of one country.

    ``city`` is ``None`` for the cell of a country. ``is_rest``: larger cities of the country have cells of their own.
    """

    city: CityLabel | None
    country: str
    country_code: str
    lat: float
    lng: float
    people: int
    is_rest: bool = False

    def label(self, locale: str) -> str:
        """Return the name of the cell in the language of ``locale``: its city, its country or "Elsewhere in …"."""
        if self.city is not None:
            return self.city.label(locale)
        country = self.country_label(locale)
        return _("Elsewhere in %(country)s", country=country) if self.is_rest else country

    def full_label(self, locale: str) -> str:
        """Return the name of the cell in the language of ``locale``, for a city together with its country."""
        return self.city.full_label(locale) if self.city is not None else self.label(locale)

    def country_label(self, locale: str) -> str:
        """Return the name of the cell's country in the language of ``locale``."""
        return country_name(self.country_code, self.country, locale)


@dataclass(frozen=True, slots=True)
class Figures:
    """Published numbers of people: by id of the city, by code of the country for its other cities, and of all others.

    Suppressed numbers are left out, or 0 for ``elsewhere``.
    """

    cities: dict[int, int] = field(default_factory=dict)
    countries: dict[str, int] = field(default_factory=dict)
    elsewhere: int = 0

    @property
    def total(self) -> int:
        """The sum of all published numbers: a total of its own would tell by the difference what is suppressed."""
        return sum(self.cities.values()) + sum(self.countries.values()) + self.elsewhere


@dataclass(frozen=True, slots=True)
class PublicMap:
    """The cells of the public map, most people first, and the sum of all its numbers."""

    total: int
    cells: tuple[Cell, ...]


def public_map() -> PublicMap:
    """Return the public map of today; the first call of a day (UTC) publishes its figures."""
    figures = figures_of_today()
    key = (*figures.cities.items(), *figures.countries.items())
    return PublicMap(figures.total, _CELLS.get(key, lambda: _cells(figures)))


def _cells(figures: Figures) -> tuple[Cell, ...]:
    cells = _city_cells(figures)
    cells += _country_cells(figures, beside={cell.country_code for cell in cells})
    return tuple(sorted(cells, key=lambda cell: (-cell.people, cell.country_code, cell.city.id if cell.city else 0)))


_CELLS: Remembered[tuple[Cell, ...]] = Remembered("public map", CITIES, size=lambda cells: CELL_BYTES * len(cells))


def figures_of_today() -> Figures:
    """Return the figures of today, which are published if nobody has asked for them yet.

    Of parallel first calls one publishes, and all return what it has published.
    """
    today = now().date()
    latest = next(iter(_LATEST.rows()), None)
    if latest is not None and latest.day >= today:
        return _figures(latest)
    total = db.session.scalar(select(counters.everybody())) or 0
    figures = next_figures(_figures(latest) if latest else None, total, _shared_by_city())
    columns = {"cities": _as_json(figures.cities), "countries": figures.countries, "elsewhere": figures.elsewhere}
    with committing():
        db.session.execute(insert(PublicFigures).values(day=today, **columns).on_conflict_do_nothing())
        db.session.execute(delete(PublicFigures).where(PublicFigures.day < today))
        row = db.session.execute(select(PublicFigures.__table__).where(PublicFigures.day == today)).one()
    return _figures(row)


_LATEST = RawQuery(select(*PublicFigures.__table__.c).order_by(PublicFigures.day.desc()).limit(1))


def next_figures(before: Figures | None, total: int, cities: Iterable[CityCount]) -> Figures:
    """Return the figures to publish for ``total`` people, those of ``cities`` among them, after ``before``.

    ``before`` is ``None`` for the first publication. A city whose number is suppressed counts for its country, and a
    country whose number is suppressed for "elsewhere".
    """
    last = before or Figures()
    is_first = before is None

    def next_number(exact: int, shown: int | None) -> int:
        return published(exact, None if is_first else shown or 0)

    by_city: dict[int, int] = {}
    rest: dict[str, int] = defaultdict(int)
    left = total
    for city in cities:
        number = next_number(city.people, last.cities.get(city.id))
        if number:
            by_city[city.id] = number
            left -= city.people
        else:
            rest[city.country_code] += city.people
    by_country: dict[str, int] = {}
    for code in sorted({*rest, *last.countries}):
        number = next_number(rest[code], last.countries.get(code))
        if number:
            by_country[code] = number
            left -= rest[code]
    return Figures(by_city, by_country, next_number(max(left, 0), last.elsewhere))


def _city_cells(figures: Figures) -> list[Cell]:
    if not figures.cities:
        return []
    rows = db.session.execute(select(*CITY_COLUMNS).where(City.id.in_(figures.cities)))
    cities: list[CityCount] = [CityCount(*(*row, figures.cities[row.id])) for row in rows]
    return [Cell(city, city.country, city.country_code, city.lat, city.lng, city.people) for city in cities]


def _country_cells(figures: Figures, beside: set[str]) -> list[Cell]:
    """Return the cells of countries, each in the middle of all its cities: that reveals nothing about people.

    ``beside`` are the codes of countries with a city that has a cell of its own.
    """
    if not figures.countries:
        return []
    east = func.radians(City.lng)
    # The mean of longitudes on both sides of 180° would be on the other side of the Earth.
    middle = func.degrees(func.atan2(func.avg(func.sin(east)), func.avg(func.cos(east))))
    columns: tuple[Any, ...] = (City.country_code, func.min(City.country), func.avg(City.lat), middle)
    in_countries = City.country_code.in_(figures.countries)
    rows = db.session.execute(select(*columns).where(in_countries).group_by(City.country_code))
    return [
        Cell(None, country, code, round(lat, 2), round(lng, 2), figures.countries[code], is_rest=code in beside)
        for code, country, lat, lng in rows
    ]


def _figures(row: Any) -> Figures:
    return Figures({int(city): people for city, people in row.cities.items()}, row.countries, row.elsewhere)


def _as_json(cities: dict[int, int]) -> dict[str, int]:
    return {str(city): people for city, people in cities.items()}


def _shared_by_city() -> list[CityCount]:
    """Return the numbers of listed people by city who show it to all alumni or a wider audience."""
    shared = counters.shared_with_all().subquery()
    statement: AnySelect = select(*CITY_COLUMNS, shared.c.people).join(shared, shared.c.city_id == City.id)
    return [CityCount(*row) for row in db.session.execute(statement)]
