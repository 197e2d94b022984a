"""Cities as JSON, for the existing clients."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from flask_babel import gettext as _
from pydantic import Field

from portal.api.endpoint import endpoint
from portal.api.schemas import Query, Schema
from portal.cities import queries
from portal.cities.models import CITY_NAME_MAX
from portal.core.access import MEMBER
from portal.core.errors import NotFound

blueprint = Blueprint("cities_api", __name__)


class SearchQuery(Query):
    """``q`` is what was typed so far, untrimmed."""

    q: Annotated[str, Field(max_length=queries.QUERY_MAX)] = ""


class CityHit(Schema):
    """A city in the answer to a search."""

    country: str
    city: str
    lat: float
    lng: float


class CityHits(Schema):
    """The cities that a search found, the best match first."""

    cities: list[CityHit]


class CoordinatesQuery(Query):
    """City and country in the names that a search answered, or in others."""

    city: Annotated[str, Field(max_length=CITY_NAME_MAX)]
    country: Annotated[str, Field(max_length=CITY_NAME_MAX)]


class Coordinates(Schema):
    """Degrees of latitude and longitude."""

    lat: float
    lng: float


@blueprint.get("/cities/search")
@endpoint(MEMBER, query=SearchQuery, answers={200: CityHits})
def search(query: SearchQuery) -> CityHits:
    """List up to ten cities whose name begins with the text in any script, else those with a similar name."""
    hits = [CityHit(country=c.country, city=c.name, lat=c.lat, lng=c.lng) for c in queries.search(query.q)]
    return CityHits(cities=hits)


@blueprint.get("/cities/coordinates")
@endpoint(MEMBER, query=CoordinatesQuery, answers={200: Coordinates})
def coordinates(query: CoordinatesQuery) -> Coordinates:
    """Return where the city lies; 404 if it is unknown."""
    city = queries.parse_location(f"{query.country}, {query.city}")
    if city is None:
        raise NotFound("unknown_city", _("We don't know this city."))
    return Coordinates(lat=city.lat, lng=city.lng)
