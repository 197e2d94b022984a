"""Commands about accounts."""

from __future__ import annotations

import click

from portal.accounts.services import administrator
from portal.core.actor import Door, system_actor
from portal.core.errors import DomainError
from portal.core.unit_of_work import unit_of_work


@click.command("create-admin")
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
def create_admin(email: str, password: str) -> None:
    """Make an administrator who can sign in at once."""
    try:
        with unit_of_work():
            made = administrator.create(system_actor(Door.COMMAND), email, password)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    if made is None:
        raise click.ClickException(f"{email} has an account already.")
    click.echo(f"{made.email} can sign in as an administrator.")
