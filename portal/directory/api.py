"""JSON endpoint of the directory, for legacy clients."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, envelope
from portal.api.shapes.person import PersonOut
from portal.cities import queries as cities
from portal.core.access import MEMBER, current_actor
from portal.core.db.keyset import Page
from portal.directory import legacy_serializers
from portal.directory.schemas import DirectoryQuery

blueprint = Blueprint("directory_api", __name__)


@blueprint.get("/profile/all")
@endpoint(MEMBER, query=DirectoryQuery, answers={200: Envelope[PersonOut]})
def directory(query: DirectoryQuery) -> Any:
    """List people of the directory as pages of `limit` people with a cursor.

    `location` keeps those who let the caller know that they live in this city; an unknown city gives an empty list.
    `search` keeps those whose names match its words, in any script, order or spelling, best match first; without it
    people are ordered by id. 422 for a cursor of another list.
    """
    city = cities.parse_location(query.location) if query.location else None
    if query.location and city is None:
        return envelope(Page([], None))
    city_id, search = city.id if city else None, query.search.strip()
    return legacy_serializers.page_json(
        current_actor(), city_id=city_id, search=search, cursor=query.cursor, limit=query.limit
    )
