"""The command that adds the demo data."""

from __future__ import annotations

import click

from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError
from portal.demo import services
from portal.permissions.services import sync_built_in_groups


@click.command("seed-demo")
@click.option("--people", default=services.PEOPLE, show_default=True, type=click.IntRange(min=services.MIN_PEOPLE))
@click.option("--events", default=services.EVENTS, show_default=True, type=click.IntRange(min=0))
def seed_demo(people: int, events: int) -> None:
    """Add invented people and events, once; never in PROD or STAGING."""
    try:
        with unit_of_work():
            sync_built_in_groups()
            seeded = services.seed(system_actor(Channel.COMMAND), people_count=people, events_count=events)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    if seeded is None:
        click.echo("The demo is already there.")
    else:
        click.echo(
            f"Added {seeded.people} people and {seeded.events} events; the password of all is {services.PASSWORD}"
        )
