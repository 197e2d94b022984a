"""The command that prints the description of the API."""

from __future__ import annotations

import click

from portal.api.openapi import dump


@click.command("openapi")
def openapi() -> None:
    """Print the description of the JSON API (OpenAPI 3.1)."""
    click.echo(dump(), nl=False)
