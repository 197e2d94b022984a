"""JSON endpoint of the map, for legacy clients."""

from __future__ import annotations

from flask import Blueprint

from portal.alumni_map.counts import city_counts
from portal.alumni_map.schemas import MapOut, PlaceOut
from portal.api.endpoint import endpoint
from portal.core.access import MEMBER, current_actor

blueprint = Blueprint("alumni_map_api", __name__)


@blueprint.get("/profile/map")
@endpoint(MEMBER, answers={200: MapOut})
def people_by_city() -> MapOut:
    """List the cities where people live, with their position and number of people, most people first.

    Only listed people who let the caller know that they live there are counted; cities without any are left out.
    """
    return MapOut(
        locations=[
            PlaceOut(country=city.country, city=city.name, lat=city.lat, lng=city.lng, count=city.people)
            for city in city_counts(current_actor())
        ]
    )
