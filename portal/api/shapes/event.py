"""JSON schemas of events and their participants, in the shapes that the existing clients expect."""

from __future__ import annotations

from portal.api.schemas import Schema
from portal.api.shapes.person import PersonSummary


class EventItem(Schema):
    """An event in a list; ``approved`` is null while it waits for the office, and false if the office has declined it.

    ``cost`` is the exact amount, an integer if it is whole. Participants whom the caller may not see appear in
    ``participants_ids`` as ids that belong to nobody.
    """

    id: str
    owner_id: str
    participants_ids: list[str]
    title: str
    description: str
    location: str
    datetime: str
    cost: int | float
    is_online: bool
    approved: bool | None


class ParticipantRow(PersonSummary):
    """A person who is going to an event; ``location`` is null where the caller may not know it."""

    is_verified: bool
    is_banned: bool
