"""Conversion of the seven fields of the legacy contract to event input; fields that it does not know are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from portal.cities import queries as cities
from portal.core import money
from portal.core.errors import DomainError, Invalid
from portal.events import times
from portal.events.currencies import local_currency
from portal.events.legacy_serializers import location_of
from portal.events.schemas import EventChange, EventIn
from portal.events.services import CoverChange, EventInput
from portal.files.services import decode_base64
from portal.profiles.visibility import CityLabel

LEGACY_FIELD_NAMES = {"starts": "datetime", "ends": "datetime", "city_id": "location", "place": "location"}


@contextmanager
def legacy_field_names() -> Iterator[None]:
    """Rename the field of a ``DomainError`` raised in the ``with`` block to its name in the legacy contract.

    ``starts`` becomes ``datetime``, for example. The error is raised again.
    """
    try:
        yield
    except DomainError as error:
        error.field = LEGACY_FIELD_NAMES.get(error.field or "", error.field)
        raise


def input_of_new(body: EventIn, home: CityLabel | None) -> EventInput:
    """Return the input for a new event from a body in the legacy contract.

    The cost is in the currency of the event's city, for an online event in that of ``home``, the organiser's city:
    clients let people choose a currency, but do not send it. Raises ``Invalid`` for a location that is no city of the
    list, unless the event is online, and for a cover that is not base64.
    """
    city_id, place = _parse_location(body.location, is_online=body.is_online)
    currency = local_currency(home if city_id is None else cities.find(city_id))
    return EventInput(
        title=body.title,
        description=body.description,
        is_online=body.is_online,
        city_id=city_id,
        place=place,
        starts=body.datetime,
        cost=_minor_units(body.cost, currency),
        currency=currency,
        cover=_cover(body.cover),
    )


def apply_change(before: EventInput, body: EventChange) -> EventInput:
    """Return ``before`` with the values of ``body`` that differ from it; a sent cover is passed on as it is.

    A new start shifts the end by as much. A new city clears the place; a cover of null or empty text clears the cover.
    Raises ``Invalid`` for an unknown city of an event in person, and for a cover that is not base64.
    """
    sent: dict[str, Any] = body.model_dump(exclude_none=True, include={"title", "description", "is_online"})
    if body.location is not None:
        sent |= _changed_place(before, body.location, is_online=sent.get("is_online", before.is_online))
    if body.datetime is not None and body.datetime != before.starts:
        sent |= _changed_time(before, body)
    if body.cost is not None and not _is_echo(body.cost, before):
        sent["cost"] = _minor_units(body.cost, before.currency)
    if "cover" in body.model_fields_set:
        sent["cover"] = _cover(body.cover)
    return dataclasses.replace(before, **sent)


def _changed_place(before: EventInput, location: str, *, is_online: bool) -> dict[str, Any]:
    """Return the changed values of ``city_id`` and ``place``, none if the location names the present ones.

    Another city clears the place. Raises ``Invalid`` for an unknown city of an event in person.
    """
    city = cities.find(before.city_id) if before.city_id is not None else None
    if location == location_of(city, before.place):
        return {}
    city_id, place = _parse_location(location, is_online=is_online)
    return {} if city_id is not None and city_id == before.city_id else {"city_id": city_id, "place": place}


def _changed_time(before: EventInput, body: EventChange) -> dict[str, Any]:
    """Return the new start and, because the client does not know the end, the end shifted by as much."""
    assert body.datetime is not None
    if before.ends is None or before.time_zone is None:
        return {"starts": body.datetime}
    return {
        "starts": body.datetime,
        "ends": times.shift_local(before.ends, body.datetime - before.starts, before.time_zone),
    }


def _parse_location(location: str, *, is_online: bool) -> tuple[int | None, str]:
    """Return the id of the city that the location names and an empty place; for other text, ``None`` and the text.

    Raises ``Invalid`` for other text unless the event is online.
    """
    city = cities.parse_location(location)
    if city is not None:
        return city.id, ""
    if is_online:
        return None, location
    raise Invalid("unknown_city", _("We don't know this city. Choose one from the list."), field="location")


def _is_echo(cost: float, before: EventInput) -> bool:
    """Return whether the cost is the present one as a client has read it: exactly, or cut to whole units by the app."""
    present = money.json_number(before.cost, before.currency)
    return cost in {present, int(present)}


def _minor_units(cost: float, currency: str) -> int:
    """Return the cost in minor units, without the error of binary fractions.

    Raises ``Invalid`` for a cost that is finer than the currency.
    """
    try:
        return money.to_minor_units(Decimal(str(cost)), currency)
    except Invalid as error:
        error.field = "cost"
        raise


def _cover(text: str | None) -> bytes | CoverChange:
    return decode_base64(text, "cover") if text else CoverChange.CLEAR
