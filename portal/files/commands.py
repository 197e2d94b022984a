"""The command that cleans up the folder of pictures when the periodic job refuses to."""

from __future__ import annotations

import click

from portal.core.clock import now
from portal.files import jobs


@click.command("sweep-pictures")
@click.option("--confirm", is_flag=True, help="Delete the files even if they are many or belong to another database.")
def sweep_pictures(confirm: bool) -> None:
    """Delete pictures that nothing uses, and files that belong to no picture."""
    click.echo(f"Deleted: {jobs.sweep(now(), confirmed=confirm)}.")
