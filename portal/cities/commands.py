"""The command that loads cities."""

from __future__ import annotations

import click

from portal.cities import loading
from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work


@click.command("load-cities")
def load_cities() -> None:
    """Fill the table of cities from GeoNames and our supplement; nothing changes if it is already up to date."""
    with unit_of_work():
        loaded = loading.load(system_actor(Channel.COMMAND))
    click.echo("The cities are up to date." if loaded is None else f"Loaded {loaded} cities.")
