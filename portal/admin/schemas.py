"""Query arguments that several JSON lists of the alumni office share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

SEARCH_MAX = 100

SearchText = Annotated[str, Field(max_length=SEARCH_MAX)]
Search = Annotated[SearchText | None, BeforeValidator(lambda value: value or None)]
"""Text to search for; an empty one is the same as none."""
