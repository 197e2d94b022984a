"""Events of the domain: a lower feature publishes one, and higher features act on it in the same transaction.

The types of event stand in the publishing feature's ``domain_events.py``, the handlers in the manifests.
"""

from __future__ import annotations

from flask import current_app

from portal.core.extension_points import EXTENSION


def publish(event: object) -> None:
    """Call every handler of the event's type, in the order of the features; an error aborts the transaction."""
    for handler in current_app.extensions[EXTENSION].event_handlers.get(type(event), ()):
        handler(event)
