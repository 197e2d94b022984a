"""The base classes of all JSON schemas, and the schemas that all endpoints share."""

from __future__ import annotations

from typing import Annotated, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from portal.core.db.keyset import CURSOR_MAX, LIMIT_DEFAULT, LIMIT_MAX, Page

Item = TypeVar("Item")


class Schema(BaseModel):
    """A JSON body or answer: unknown keys are ignored, text is never taken for a number or the reverse."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False, from_attributes=True)


class Query(BaseModel):
    """Query parameters arrive as text and are converted; unknown ones are ignored."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


CursorText = Annotated[str, Field(max_length=CURSOR_MAX)]


class PageQuery(Query):
    """Which page of a list: ``cursor`` from the page before (absent or empty: the first), 1 to 100 items."""

    cursor: Annotated[CursorText | None, BeforeValidator(lambda value: value or None)] = None
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT


class Envelope(Schema, Generic[Item]):
    """One page of a list; ``next_cursor`` is null on the last page."""

    items: list[Item]
    next_cursor: str | None
    has_more: bool

    @classmethod
    def of(cls, page: Page[Item]) -> Self:
        """Return the JSON shape of a keyset page."""
        return cls(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


class Message(Schema):
    """An acknowledgement in words."""

    message: str


class FieldProblem(Schema):
    """What is wrong with one field."""

    field: str | None
    code: str
    message: str


class Problem(Schema):
    """RFC 9457; ``detail`` is always one string, which every client shows as it is."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem]
    request_id: str
