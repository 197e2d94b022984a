"""The step of a first start that adds the demo data."""

from __future__ import annotations

from config import Settings
from portal.core.actor import Channel, system_actor
from portal.demo import services


def seed_demo(settings: Settings) -> None:
    """Add the demo data once, where the environment asks for it."""
    if settings.has_demo:
        services.seed(system_actor(Channel.COMMAND))
