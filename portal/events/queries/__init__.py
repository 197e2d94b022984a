"""Reads of events and their participants, limited to events that the actor may see (``visible_to``)."""

from portal.events.queries.cards import (
    COVER_VARIANT,
    LARGE_COVER_VARIANT,
    attendance_columns,
    card_values,
    event_card,
    select_cards,
    with_organisers,
)
from portal.events.queries.details import details, editable
from portal.events.queries.lists import (
    REVIEW_MAX,
    cities_of,
    count,
    mine_upcoming,
    page,
    page_until,
    select_filtered,
    to_review,
    to_review_count,
    upcoming,
    upcoming_count,
    upcoming_in_city,
)
from portal.events.queries.participants import (
    FIRST_PARTICIPANTS,
    WAITING_SHOWN,
    first_participants,
    participants,
    select_participants,
    waiting_list,
)
from portal.events.queries.visibility import find, may_see_cover, no_such_event, not_yours, visible_to
from portal.events.queries.zones import FALLBACK_ZONE, home_zone, zones_of

__all__ = [
    "COVER_VARIANT",
    "FALLBACK_ZONE",
    "FIRST_PARTICIPANTS",
    "LARGE_COVER_VARIANT",
    "REVIEW_MAX",
    "WAITING_SHOWN",
    "attendance_columns",
    "card_values",
    "cities_of",
    "count",
    "details",
    "editable",
    "event_card",
    "find",
    "first_participants",
    "home_zone",
    "may_see_cover",
    "mine_upcoming",
    "no_such_event",
    "not_yours",
    "page",
    "page_until",
    "participants",
    "select_cards",
    "select_filtered",
    "select_participants",
    "to_review",
    "to_review_count",
    "upcoming",
    "upcoming_count",
    "upcoming_in_city",
    "visible_to",
    "waiting_list",
    "with_organisers",
    "zones_of",
]
