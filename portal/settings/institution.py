"""The settings of the institution, and the brand that follows from them."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints, TypeAdapter

from portal.settings import registry
from portal.settings.definitions import Setting
from portal.web.brand import Brand

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Colour = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")]

INSTITUTION_NAME: Final[Setting[str]] = Setting(
    "institution.name", TypeAdapter(Name), lambda environment: environment.institution_name
)
BRAND_COLOR: Final[Setting[str]] = Setting(
    "brand.color", TypeAdapter(Colour), lambda environment: environment.brand_color
)


def brand() -> Brand:
    """Return the brand with the name of the institution and the colour that are in force."""
    return Brand(registry.get(INSTITUTION_NAME), registry.get(BRAND_COLOR))
