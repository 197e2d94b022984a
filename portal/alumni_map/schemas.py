"""Shapes of the map, exactly as the existing clients expect them."""

from __future__ import annotations

from portal.api.schemas import Schema


class PlaceOut(Schema):
    """A city and how many people the caller may know to live there."""

    country: str
    city: str
    lat: float
    lng: float
    count: int


class MapOut(Schema):
    """Every city with people."""

    locations: list[PlaceOut]
