"""Publication of domain events: a lower feature publishes one, and higher features handle it in the same transaction.

The types of event are in the publishing feature's ``domain_events.py``, the handlers in the manifests.
"""

from __future__ import annotations

from flask import current_app

from portal.core.extension_points import EXTENSION


def publish(event: object) -> None:
    """Call every handler declared for the type of the domain event, in the order of the features.

    Handlers run in the transaction of the caller. An error of a handler is raised, so that the transaction is rolled
    back.
    """
    for handler in current_app.extensions[EXTENSION].event_handlers.get(type(event), ()):
        handler(event)
