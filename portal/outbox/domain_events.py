"""Domain events that the outbox publishes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """An attempt to send the message ``key`` has failed; unless ``final``, it will be tried again.

    Published in the transaction that records the failure. When a handler raises, the error is logged, what the handlers
    wrote is rolled back, and the failure is recorded without them.
    """

    key: str
    kind: str
    channel: str
    final: bool
