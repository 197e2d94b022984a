"""The command of the sample feature."""

from __future__ import annotations

import click


@click.command("sample")
def sample() -> None:
    """Print a word."""
    click.echo("sample")
