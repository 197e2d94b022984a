"""Periodic upkeep of the counters of people by city."""

from __future__ import annotations

from datetime import datetime

from portal.alumni_map import services
from portal.core.actor import system_actor
from portal.core.db.unit_of_work import unit_of_work


def compact_counters(_now: datetime) -> int:
    """Put counters of the same people together, and return how many fewer there are."""
    with unit_of_work():
        return services.compact_counters()


def check_counters(_now: datetime) -> int:
    """Compare the counters with the people, correct them, and return how many were wrong."""
    with unit_of_work():
        correction = services.check_counters(system_actor())
    return correction.sums if correction else 0
