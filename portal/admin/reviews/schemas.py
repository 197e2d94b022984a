"""Query arguments and answers of the JSON endpoints that review events."""

from __future__ import annotations

from portal.admin.schemas import Search
from portal.api.schemas import PageQuery
from portal.api.shapes.event import EventItem


class OfficeEventQuery(PageQuery):
    """Query arguments of the list of events; ``search`` is part of a title or a place."""

    search: Search = None


class OfficeEvent(EventItem):
    """An event in any state; ``approved`` is null while it waits for review."""
