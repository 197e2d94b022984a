"""The step of a first start that adds the demo data."""

from __future__ import annotations

from config import Settings
from portal.core.actor import Channel, system_actor
from portal.demo import services


def seed_demo(settings: Settings) -> None:
    """Add the demo data if the environment asks for it and it is not there yet.

    Raise ``Invalid`` while no cities are loaded.
    """
    if settings.has_demo:
        services.seed(system_actor(Channel.COMMAND))
