"""The tables and columns that are written without an audit entry, each with its reason.

A key is a table, or one column of it. In the test suite every request that writes anything else must leave an entry.
"""

from __future__ import annotations

EXEMPT: dict[str, str] = {
    "audit_entries": "the trail itself",
    "outbox_messages": "follows from an audited act, and keeps its own history",
    "undoable_acts": "follows from an audited act; undoing it is audited",
    "notices": "follows from an audited act; when a person reads a notice is private",
    "sessions.last_used_at": "the time of last use says nothing about what was done",
    "one_time_secrets.attempts": "a counter of wrong guesses",
    "content_versions": "versions of tables whose changes are audited",
    "throttle_cells": "counters of limits",
    "growing_delays": "counters of failures",
    "city_counters": "sums of what audited acts have changed",
    "public_figures": "rounded counts of what people show, published once a day",
    "picture_digests": "derived from a picture, whose upload is audited",
}
