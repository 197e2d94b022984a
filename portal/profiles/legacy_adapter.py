"""Conversion of what legacy clients send: their PUT sends back the whole profile that they once got.

Fields that equal what we sent are dropped first, so that an echo changes nothing, whatever rules came since.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

import portal.files.services as pictures
from portal.api.shapes.person import NO_LAST_NAME
from portal.cities import queries as cities
from portal.core.errors import Invalid
from portal.profiles import normalisation
from portal.profiles.legacy_serializers import location_of, year_of
from portal.profiles.services import ProfileChanges
from portal.profiles.visibility import Person

PLAIN_FIELDS = ("first_name", "last_name", "biography", "telegram_alias")


def parse_changes(sent: dict[str, Any], own: Person) -> ProfileChanges:
    """Convert the body of a legacy PUT into ``ProfileChanges`` without the fields that equal the profile ``own``.

    ``sent`` holds only the keys that were in the body. Raise ``Invalid``, naming the field as legacy clients call it,
    for a year that is not four digits, an unknown city or a photo that is not base64; ``update_own`` checks everything
    else.
    """
    changes: ProfileChanges = {}
    for field in PLAIN_FIELDS:
        if field in sent and not _is_echo(field, sent[field], own):
            if field == "last_name":  # these clients know nobody without one
                normalisation.name(sent[field], field)
            changes[field] = sent[field]  # type: ignore[literal-required]  # the four names above
    if "graduation_year" in sent and sent["graduation_year"] != year_of(own):
        changes["graduation_year"] = _year(sent["graduation_year"])
    if "location" in sent and sent["location"] != location_of(own):
        changes["city_id"] = _city_id(sent["location"])
    if sent.get("show_location") is not None:
        changes["shows_city"] = sent["show_location"]
    if "avatar" in sent:
        picture = (sent["avatar"] or "").strip()
        changes["avatar"] = pictures.decode_base64(picture, "avatar") if picture else None
    return changes


def _is_echo(field: str, value: object, own: Person) -> bool:
    """Return whether a value is the one that was sent: the stored one, or what stands for a missing last name."""
    stored = getattr(own, field)
    return value == stored or (field == "last_name" and not stored and value == NO_LAST_NAME)


def _year(text: str | None) -> int | None:
    cleaned = (text or "").strip()
    if not cleaned:
        return None
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) == 4):
        raise Invalid("bad_graduation_year", _("Enter the year as four digits."), field="graduation_year")
    return int(cleaned)


def _city_id(text: str | None) -> int | None:
    if not text or not text.strip():
        return None
    city = cities.parse_location(text)
    if city is None:
        raise Invalid("unknown_city", _("We don't know this city. Choose one from the list."), field="location")
    return city.id
