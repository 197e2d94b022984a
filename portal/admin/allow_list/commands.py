"""The import into the allow list from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from portal.admin.allow_list import services
from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError


@click.command("import-allowlist")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def import_allow_list(file: Path) -> None:
    """Add the emails of an .xlsx or .csv FILE to the allow list, and print what was added and what was left out."""
    try:
        with unit_of_work():
            imported = services.import_file(system_actor(Channel.COMMAND), file.name, file.read_bytes())
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo(imported.summary)
    for each in imported.content.lost:
        click.echo(f"{each.reason.label}: {each.place.label}: {each.text}")
