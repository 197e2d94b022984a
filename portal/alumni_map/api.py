"""JSON endpoint of the map, for legacy clients."""

from __future__ import annotations

from flask import Blueprint
from orjson import Fragment

from portal.alumni_map.counts import places, shared
from portal.alumni_map.schemas import MapOut
from portal.api.endpoint import dump, endpoint
from portal.cities.models import CITIES
from portal.core.access import MEMBER, current_actor
from portal.core.actor import Actor
from portal.core.db.remembered import Remembered
from portal.profiles.models import PEOPLE

blueprint = Blueprint("alumni_map_api", __name__)

_PLACES: Remembered[bytes] = Remembered("places of the map", PEOPLE, CITIES, size=len)


@blueprint.get("/profile/map")
@endpoint(MEMBER, answers={200: MapOut})
def people_by_city() -> dict[str, Fragment]:
    """List the cities where people live, with their position and number of people, most people first.

    Only listed people who let the caller know that they live there are counted; cities without any are left out.
    """
    locations: bytes = shared(_PLACES, current_actor(), _places_as_json)
    return {"locations": Fragment(locations)}


def _places_as_json(actor: Actor) -> bytes:
    return dump(places(actor))
