"""What is written without leaving a trace, and why; everything else that a request writes does leave one.

A key is a table, or one column of it; ``tests`` hold every request of the suite to this list.
"""

from __future__ import annotations

EXEMPT: dict[str, str] = {
    "audit_entries": "the trail itself",
    "outbox_messages": "follows from an act that left a trace, and keeps its own history",
    "notices": "follows from an act that left a trace; read marks are nobody's business",
    "sessions.last_used_at": "the time of last use says nothing about what was done",
    "one_time_secrets.attempts": "a counter of wrong guesses",
    "throttle_cells": "counters of limits",
    "growing_delays": "counters of failures",
    "picture_digests": "what a picture looked like before it was cleaned, kept beside its row",
}
