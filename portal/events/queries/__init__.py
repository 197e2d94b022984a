"""Reads of events and their participants, limited to events that the actor may see (``visible_to``)."""

from portal.events.queries.cards import (
    COVER_VARIANT,
    LARGE_COVER_VARIANT,
    SUMMARY_COLUMNS,
    event_card,
    select_cards,
    summary_values,
    with_organisers,
)
from portal.events.queries.details import details, editable
from portal.events.queries.lists import (
    REVIEW_MAX,
    cities_and_count,
    mine_upcoming,
    page_until,
    to_review,
    to_review_count,
    upcoming,
    upcoming_count,
    upcoming_in_city,
)
from portal.events.queries.participants import (
    FIRST_PARTICIPANTS,
    WAITING_SHOWN,
    attendance_list,
    first_participants,
    participants,
    select_participants,
    waiting_list,
)
from portal.events.queries.visibility import find, may_see_cover, no_such_event, not_yours, visible_to
from portal.events.queries.zones import FALLBACK_ZONE, home_city, home_zone, with_zones

__all__ = [
    "COVER_VARIANT",
    "FALLBACK_ZONE",
    "FIRST_PARTICIPANTS",
    "LARGE_COVER_VARIANT",
    "REVIEW_MAX",
    "SUMMARY_COLUMNS",
    "WAITING_SHOWN",
    "attendance_list",
    "cities_and_count",
    "details",
    "editable",
    "event_card",
    "find",
    "first_participants",
    "home_city",
    "home_zone",
    "may_see_cover",
    "mine_upcoming",
    "no_such_event",
    "not_yours",
    "page_until",
    "participants",
    "select_cards",
    "select_participants",
    "summary_values",
    "to_review",
    "to_review_count",
    "upcoming",
    "upcoming_count",
    "upcoming_in_city",
    "visible_to",
    "waiting_list",
    "with_organisers",
    "with_zones",
]
