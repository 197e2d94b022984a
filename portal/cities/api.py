"""JSON endpoints of cities, for legacy clients."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from flask_babel import gettext as _
from orjson import Fragment
from pydantic import Field

from portal.api.endpoint import dump, endpoint
from portal.api.schemas import Query, Schema, SearchText
from portal.cities import queries
from portal.cities.models import CITIES, CITY_NAME_MAX
from portal.core.access import MEMBER
from portal.core.db.remembered import Remembered
from portal.core.errors import NotFound

blueprint = Blueprint("cities_api", __name__)


class SearchQuery(Query):
    """Query arguments of a search for cities: `q` is the text typed so far, which need not be trimmed."""

    q: SearchText = ""


class CityHit(Schema):
    """A city that a search found, with its English names and its position in degrees."""

    country: str
    city: str
    lat: float
    lng: float


class CityHits(Schema):
    """The cities that a search found, best match first."""

    cities: list[CityHit]


class CoordinatesQuery(Query):
    """Query arguments that name a city and its country, each by any known name, such as one that a search returned."""

    city: Annotated[str, Field(max_length=CITY_NAME_MAX)]
    country: Annotated[str, Field(max_length=CITY_NAME_MAX)]


class Coordinates(Schema):
    """The position of a city: latitude and longitude in degrees."""

    lat: float
    lng: float


@blueprint.get("/cities/search")
@endpoint(MEMBER, query=SearchQuery, answers={200: CityHits})
def search(query: SearchQuery) -> Fragment:
    """List up to ten cities that the typed text may mean, best match first.

    These are cities whose name begins with the text in any script, else those with a similar name.
    """
    return Fragment(_FOUND.get(query.q, lambda: dump(found_cities(query.q))))


_FOUND: Remembered[bytes] = Remembered("cities found", CITIES, size=len)


def found_cities(text: str) -> dict[str, list[dict[str, object]]]:
    """Return the cities that a typed text may mean as a JSON object."""
    found = queries.search(text)
    return {"cities": [{"country": c.country, "city": c.name, "lat": c.lat, "lng": c.lng} for c in found]}


@blueprint.get("/cities/coordinates")
@endpoint(MEMBER, query=CoordinatesQuery, answers={200: Coordinates})
def coordinates(query: CoordinatesQuery) -> Coordinates:
    """Return the position of a city by its name and country; 404 if the city is unknown."""
    city = queries.parse_location(f"{query.country}, {query.city}")
    if city is None:
        raise NotFound("unknown_city", _("We don't know this city."))
    return Coordinates(lat=city.lat, lng=city.lng)
