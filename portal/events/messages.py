"""The message kinds of events.

Every payload has ``title``, ``place``, ``starts`` (a wall clock time in ISO 8601) and ``when``, from which
``labels.WrittenTimes`` is made. Payloads written by earlier versions have no ``when``.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.outbox.kinds import MessageKind

SAMPLE = {
    "title": "Winter gathering",
    "starts": "2026-12-05T18:00:00",
    "place": "Lobachevsky Library",
    "when": {
        "starts": "2026-12-05T18:00:00",
        "ends": "2026-12-05T22:00:00",
        "starts_at": "2026-12-05T15:00:00+00:00",
        "time_zone": "Europe/Moscow",
        "city": {"name": "Kazan", "name_ru": "Казань"},
        "viewer_zone": "Europe/Berlin",
    },
    "target_url": "/events",
}

TO_REVIEW = MessageKind(
    "events.to_review", _("An event is waiting for approval"), sample={**SAMPLE, "owner": "Alina Demo"}
)
APPROVED = MessageKind("events.approved", _("Your event is approved"), sample={**SAMPLE, "note": ""})
DECLINED = MessageKind(
    "events.declined", _("Your event was not approved"), sample={**SAMPLE, "note": "There are two events of that name."}
)
RETURNED = MessageKind("events.returned", _("Your event is being reviewed again"), sample={**SAMPLE, "note": ""})
CHANGED = MessageKind("events.changed", _("An event has changed"), sample=SAMPLE)
CANCELLED = MessageKind("events.cancelled", _("An event is cancelled"), sample=SAMPLE)
PLACE_FREE = MessageKind("events.place_free", _("A place for you at an event"), sample=SAMPLE)
REMOVED = MessageKind("events.removed", _("You were removed from an event"), sample=SAMPLE)
