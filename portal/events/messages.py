"""What people are told about events; ``title``, ``starts`` (wall clock) and ``place`` are in every payload."""

from __future__ import annotations

from portal.outbox.kinds import MessageKind, declare

SAMPLE = {
    "title": "Winter gathering",
    "starts": "2026-12-05T18:00:00",
    "place": "Lobachevsky Library",
    "target_url": "/events",
}

TO_REVIEW = declare(MessageKind("events.to_review", sample={**SAMPLE, "owner": "Alina Demo"}))
APPROVED = declare(MessageKind("events.approved", sample={**SAMPLE, "note": ""}))
DECLINED = declare(MessageKind("events.declined", sample={**SAMPLE, "note": "There are two events of that name."}))
RETURNED = declare(MessageKind("events.returned", sample={**SAMPLE, "note": ""}))
CHANGED = declare(MessageKind("events.changed", sample=SAMPLE))
CANCELLED = declare(MessageKind("events.cancelled", sample=SAMPLE))
PLACE_FREE = declare(MessageKind("events.place_free", sample=SAMPLE))
REMOVED = declare(MessageKind("events.removed", sample=SAMPLE))
