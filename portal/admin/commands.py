"""The office from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from portal.admin import allow_list
from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError


@click.command("import-allowlist")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def import_allow_list(file: Path) -> None:
    """Put the addresses of an .xlsx or .csv FILE on the allow list."""
    try:
        with unit_of_work():
            imported = allow_list.import_file(system_actor(Channel.COMMAND), file.name, file.read_bytes())
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(imported.sentence)
