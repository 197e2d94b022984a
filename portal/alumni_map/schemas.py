"""JSON shapes of the map, as legacy clients expect them."""

from __future__ import annotations

from portal.api.schemas import Schema


class PlaceOut(Schema):
    """A city, its position in degrees, and the number of people who let the caller know that they live there."""

    country: str
    city: str
    lat: float
    lng: float
    count: int


class MapOut(Schema):
    """The cities where people live, most people first."""

    locations: list[PlaceOut]
