"""Query arguments of the directory's JSON endpoint."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from portal.api.schemas import PageQuery, SearchText
from portal.cities.models import CITY_NAME_MAX


class DirectoryQuery(PageQuery):
    """Query arguments of the directory.

    `location` is `Country, City`; `search` are words of a name.
    """

    location: Annotated[str, Field(max_length=2 * CITY_NAME_MAX)] = ""
    search: SearchText = ""
