"""Functions that the manifest of the sample feature names."""

from __future__ import annotations

from datetime import datetime

from config import Settings
from portal.core.actor import Actor
from portal.web.preferences import PreferenceChosen

preferences: list[PreferenceChosen] = []


def count(_now: datetime) -> int:
    """Do three things."""
    return 3


def waiting(_actor: Actor) -> int:
    """Return how many things wait."""
    return 7


def note_preference(event: PreferenceChosen) -> None:
    """Remember the event for the test."""
    preferences.append(event)


def prepare(_settings: Settings) -> None:
    """Need nothing."""
