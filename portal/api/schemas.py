"""The base classes of all JSON schemas, and the schemas that all endpoints share."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from portal.core.db.keyset import CURSOR_MAX, LIMIT_DEFAULT, LIMIT_MAX, Page

Item = TypeVar("Item")


class Schema(BaseModel):
    """Base of the schemas of JSON bodies and responses: unknown keys are ignored, values of a wrong type are refused.

    Text is never converted to a number, nor a number to text.
    """

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False, from_attributes=True)


class Query(BaseModel):
    """Base of the schemas of query arguments: values are converted from text, unknown arguments are ignored."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


SEARCH_MAX = 100
CursorText = Annotated[str, Field(max_length=CURSOR_MAX)]


SearchText = Annotated[str, BeforeValidator(lambda value: value[:SEARCH_MAX] if isinstance(value, str) else value)]
"""Text to search for, of which the first ``SEARCH_MAX`` characters count: clients do not expect it to be refused."""


class PageQuery(Query):
    """Query arguments of a paged list: ``cursor`` is the ``next_cursor`` of the page before, ``limit`` the page's size.

    Without a cursor, or with an empty one, the first page is returned.
    """

    cursor: Annotated[CursorText | None, BeforeValidator(lambda value: value or None)] = None
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT


class Envelope(Schema, Generic[Item]):
    """One page of a list; ``next_cursor`` is null on the last page."""

    items: list[Item]
    next_cursor: str | None
    has_more: bool

    @classmethod
    def of(cls, page: Page[Item]) -> Self:
        """Return the JSON schema of a keyset page."""
        return cls(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


def envelope(page: Page[Any]) -> dict[str, Any]:
    """Return the JSON object of ``Envelope`` for a page whose items are records with the fields of the JSON.

    It costs a fraction of a schema per item; in tests the declared schema checks what it becomes.
    """
    return {"items": page.items, "next_cursor": page.next_cursor, "has_more": page.has_more}


class Message(Schema):
    """A sentence for people that says what the request has done."""

    message: str


class FieldProblem(Schema):
    """What is wrong with one field; ``field`` is its path, or null if the error concerns no single field."""

    field: str | None
    code: str
    message: str


class Problem(Schema):
    """An error (RFC 9457); ``detail`` is always one string, which a client can show to people as it is.

    ``code`` is stable and machine-readable, ``errors`` has an entry for each wrong field.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem]
    request_id: str
