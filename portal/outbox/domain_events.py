"""What the outbox announces to higher rooms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """A message could not be sent; unless ``final``, it will be tried again.

    Announced in the transaction that records the failure. A listener that raises is logged and loses its own work;
    the record is kept.
    """

    key: str
    kind: str
    channel: str
    final: bool
