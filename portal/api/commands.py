"""The ``flask`` command that prints the OpenAPI document."""

from __future__ import annotations

import click

from portal.api.openapi import dump


@click.command("openapi")
def openapi() -> None:
    """Print the OpenAPI 3.1 document of the JSON API."""
    click.echo(dump(), nl=False)
