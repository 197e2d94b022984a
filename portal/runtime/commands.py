"""Commands that run the portal, prepare its database, and inspect its URLs and configuration."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app

import config
from portal.core.access import requirements_of
from portal.runtime import bootstrap, embedded_database
from portal.runtime.worker import application


@click.command("up")
@click.option("--reload", is_flag=True, help="Start again when a file changes.")
def up(reload: bool) -> None:
    """Start the database and the web server, and keep both running until stopped."""
    arguments = [sys.executable, "-m", "portal.runtime.supervisor", *(["--reload"] if reload else [])]
    os.chdir(config.ROOT)
    os.execv(sys.executable, arguments)  # noqa: S606 - the same interpreter, without the application in memory


@click.command("prepare")
def prepare() -> None:
    """Migrate the database, load cities, create the first administrator and, where configured, load demo data.

    Repeating it changes nothing. The exit status is 1 or 2 if the database cannot be prepared.
    """
    status = bootstrap.report(application())
    if status:
        raise SystemExit(status)


@click.command("access")
def access() -> None:
    """List every URL with its methods and who may use it."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        requirements = requirements_of(current_app.view_functions[rule.endpoint])
        who = "nobody" if requirements is None else requirements.access.permission or requirements.access.name
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:12} {rule.rule:60} {who}")


@click.command("check-config")
@click.option("--markdown", is_flag=True, help="Print docs/configuration.md instead of the values.")
def check_config(markdown: bool) -> None:
    """Print the value of every variable of the configuration, with secrets hidden.

    An invalid environment ends the command with one sentence.
    """
    settings = config.load()
    click.echo(config.as_markdown() if markdown else config.as_text(settings), nl=False)
    if not markdown and not settings.database_url:
        click.echo(f"# The embedded database: {embedded_database.url(settings.database_dir)}")
