"""What a database needs of cities before the first request."""

from __future__ import annotations

from config import Settings
from portal.cities import loading
from portal.core.actor import Channel, system_actor


def load_cities(settings: Settings) -> None:
    """Fill the table of cities, unless it holds this version's data."""
    loading.load(system_actor(Channel.COMMAND))
