"""The form of an event as a browser sends it, and what the pages of events show."""

from __future__ import annotations

import uuid
from typing import Any

from portal.cities.models import City
from tests.support.clients import PageResponse


def form_data(city: City | None = None, **values: Any) -> dict[str, Any]:
    """Return the form of an event in a city, as a browser sends it."""
    return {
        "id": str(uuid.uuid4()),
        "title": "Winter gathering",
        "description": "Soup and a quiz.",
        "city_id": str(city.id) if city else "",
        "place": "Library",
        "starts": "2031-12-06",
        "starts_time": "18:00",
        "ends_time": "22:00",
        "time_zone": "UTC",
        "currency": "RUB",
        **values,
    }


def error_of(shown: PageResponse, field: str) -> str:
    """Return the error beside a field of a form; empty if it has none."""
    return " ".join(shown.texts(f"#{field}-error") or shown.texts(f"p.field-error#{field}"))


def titles(shown: PageResponse) -> list[str]:
    """Return the titles of the events that a page lists, in order."""
    return shown.texts(".event-card-title")
