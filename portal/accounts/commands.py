"""Commands that manage accounts."""

from __future__ import annotations

import click

from portal.accounts import queries
from portal.accounts.authentication import second_factor
from portal.accounts.status import administrator
from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError


@click.command("create-admin")
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
def create_admin(email: str, password: str) -> None:
    """Create an office account with EMAIL that holds every permission and can sign in at once."""
    try:
        with unit_of_work():
            account = administrator.create(system_actor(Channel.COMMAND), email, password)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    if account is None:
        raise click.ClickException(f"{email} already has an account.")
    click.echo(f"{account.email} can sign in as an administrator.")


@click.command("remove-second-step")
@click.argument("email")
def remove_second_step(email: str) -> None:
    """Turn off two-step verification for the account with EMAIL.

    For a locked-out administrator, who can then sign in by password alone. Every session of the account ends.
    """
    try:
        with unit_of_work():
            account = queries.find_by_email(email)
            if account is None:
                raise click.ClickException(f"No account has the email address {email}.")
            second_factor.remove(system_actor(Channel.COMMAND), account.id)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{account.email} now signs in by password alone. We have emailed them about it.")
