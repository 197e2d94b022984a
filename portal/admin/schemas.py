"""Query arguments that several JSON lists of the alumni office share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from portal.api.schemas import SearchText

Search = Annotated[SearchText | None, BeforeValidator(lambda value: value or None)]
"""Text to search for; an empty one is the same as none."""
