"""The setup step of the cities, before the first request."""

from __future__ import annotations

from config import Settings
from portal.cities import loading
from portal.core.actor import Channel, system_actor


def load_cities(settings: Settings) -> None:
    """Fill the table of cities, unless it already holds the present version of the data; a setup step of the portal."""
    loading.load(system_actor(Channel.COMMAND))
