"""JSON endpoint of the map, for legacy clients."""

from __future__ import annotations

from flask import Blueprint

from portal.alumni_map.counts import Place, places
from portal.alumni_map.schemas import MapOut
from portal.api.endpoint import endpoint
from portal.core.access import MEMBER, current_actor

blueprint = Blueprint("alumni_map_api", __name__)


@blueprint.get("/profile/map")
@endpoint(MEMBER, answers={200: MapOut})
def people_by_city() -> dict[str, list[Place]]:
    """List the cities where people live, with their position and number of people, most people first.

    Only listed people who let the caller know that they live there are counted; cities without any are left out.
    """
    return {"locations": places(current_actor())}
