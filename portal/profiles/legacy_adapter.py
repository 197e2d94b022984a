"""How the words of the existing clients are understood: their PUT sends back the whole profile they once got.

Fields that equal what we emitted are dropped first, so that an echo changes nothing, whatever rules came since.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

import portal.files.services as pictures
from portal.accounts.models import Role
from portal.cities import queries as cities
from portal.core.errors import Invalid
from portal.profiles.services import ProfileChanges
from portal.profiles.visibility import Person, PersonCard

PLAIN_FIELDS = ("first_name", "last_name", "biography", "telegram_alias")


def emitted_role(person: PersonCard) -> str:
    """The clients know two roles; whoever is no alumnus is a friend."""
    return Role.ALUMNI.value if person.role == Role.ALUMNI else Role.ALUMNI_FRIEND.value


def emitted_year(person: PersonCard) -> str | None:
    """Text on the wire."""
    return None if person.graduation_year is None else str(person.graduation_year)


def emitted_location(person: PersonCard) -> str | None:
    """``Country, City``."""
    return person.city.location if person.city else None


def understood(sent: dict[str, Any], own: Person) -> ProfileChanges:
    """The changes that a PUT asks for; ``sent`` holds only the keys that were in the body.

    Raises ``Invalid`` naming the field of the contract.
    """
    changes: ProfileChanges = {}
    for field in PLAIN_FIELDS:
        if field in sent and sent[field] != getattr(own, field):
            changes[field] = sent[field]  # type: ignore[literal-required]  # the four names above
    if "graduation_year" in sent and sent["graduation_year"] != emitted_year(own):
        changes["graduation_year"] = _year(sent["graduation_year"])
    if "location" in sent and sent["location"] != emitted_location(own):
        changes["city_id"] = _city_id(sent["location"])
    if sent.get("show_location") is not None:
        changes["shows_city"] = sent["show_location"]
    if "avatar" in sent:
        picture = (sent["avatar"] or "").strip()
        changes["avatar"] = pictures.decode_base64(picture, "avatar") if picture else None
    return changes


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
