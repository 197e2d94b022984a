"""Between the mobile contract's seven fields and a draft; what the contract does not know stays as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from flask_babel import gettext as _

from portal.cities import queries as cities
from portal.core.errors import DomainError, Invalid
from portal.events import times
from portal.events.legacy_serializers import location_of, whole_units
from portal.events.models import MINOR_UNITS
from portal.events.schemas import EventChange, EventIn
from portal.events.services import Cover, Draft
from portal.files.services import decode_base64

WIRE_NAMES = {"starts": "datetime", "ends": "datetime", "city_id": "location", "place": "location"}


@contextmanager
def wire_names() -> Iterator[None]:
    """Let refusals name the fields as the client knows them."""
    try:
        yield
    except DomainError as refusal:
        refusal.field = WIRE_NAMES.get(refusal.field or "", refusal.field)
        raise


def draft_from(body: EventIn) -> Draft:
    """The draft of a new event."""
    city_id, place = _where(body.location, is_online=body.is_online)
    return Draft(
        title=body.title,
        description=body.description,
        is_online=body.is_online,
        city_id=city_id,
        place=place,
        starts=body.datetime,
        cost=_minor_units(body.cost),
        cover=_cover(body.cover),
    )


def revise(draft: Draft, body: EventChange) -> Draft:
    """The draft with what the client really changed; a value as it was emitted changes nothing."""
    sent: dict[str, Any] = body.model_dump(exclude_none=True, include={"title", "description", "is_online"})
    if body.location is not None:
        sent |= _moved_place(draft, body.location, is_online=sent.get("is_online", draft.is_online))
    if body.datetime is not None and body.datetime != draft.starts:
        sent |= _moved_time(draft, body)
    if body.cost is not None and body.cost != whole_units(draft.cost):
        sent["cost"] = _minor_units(body.cost)
    if "cover" in body.model_fields_set:
        sent["cover"] = _cover(body.cover)
    return dataclasses.replace(draft, **sent)


def _moved_place(draft: Draft, location: str, *, is_online: bool) -> dict[str, Any]:
    """Another city makes the old venue meaningless; the same one keeps it."""
    city = cities.find(draft.city_id) if draft.city_id is not None else None
    if location == location_of(city, draft.place):
        return {}
    city_id, place = _where(location, is_online=is_online)
    return {} if city_id is not None and city_id == draft.city_id else {"city_id": city_id, "place": place}


def _moved_time(draft: Draft, body: EventChange) -> dict[str, Any]:
    """The end, which the client does not know, moves along."""
    assert body.datetime is not None
    if draft.ends is None or draft.time_zone is None:
        return {"starts": body.datetime}
    return {"starts": body.datetime, "ends": times.moved(draft.ends, body.datetime - draft.starts, draft.time_zone)}


def _where(location: str, *, is_online: bool) -> tuple[int | None, str]:
    """City and free text; only an online event may be somewhere that is no city of ours."""
    city = cities.parse_location(location)
    if city is not None:
        return city.id, ""
    if is_online:
        return None, location
    raise Invalid("unknown_city", _("We don't know this city. Choose one from the list."), field="location")


def _minor_units(cost: float) -> int:
    """Exact for the decimal number that was written."""
    return int((Decimal(str(cost)) * MINOR_UNITS).to_integral_value(ROUND_FLOOR))


def _cover(text: str | None) -> bytes | Cover:
    return decode_base64(text, "cover") if text else Cover.CLEAR
