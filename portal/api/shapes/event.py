"""Events and their participants as JSON, in the shapes of the existing clients."""

from __future__ import annotations

from portal.api.schemas import Schema
from portal.api.shapes.person import PersonSummary


class EventItem(Schema):
    """An event in a list; ``approved`` is null while it waits for the office.

    People whom the caller may not see appear in ``participants_ids`` as ids that belong to nobody.
    """

    id: str
    owner_id: str
    participants_ids: list[str]
    title: str
    description: str
    location: str
    datetime: str
    cost: int
    is_online: bool
    approved: bool | None


class ParticipantRow(PersonSummary):
    """A participant; ``location`` is null where the caller may not know it."""

    is_verified: bool
    is_banned: bool
