"""The commands of ``flask``, which each feature declares in its manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from portal.core.environment import settings
from portal.core.manifest import Command, Feature

RUNTIME = Feature(
    name="runtime",
    commands=(
        Command("up", "commands:up", needs_database=False),
        Command("prepare", "commands:prepare"),
        Command("worker", "worker:worker"),
        Command("run-job", "worker:run_job"),
        Command("access", "commands:access", needs_database=False),
        Command("check-config", "commands:check_config", needs_database=False),
    ),
)
"""The commands of the package ``runtime``, which runs the processes and is no feature."""

RUNTIME_COMMANDS = {command.name: (RUNTIME, command) for command in RUNTIME.commands}


class Commands(AppGroup):
    """The group of all commands in the manifests, each imported when it is run, so that web processes import none."""

    def __init__(self, name: str, commands: Mapping[str, tuple[Feature, Command]]) -> None:
        super().__init__(name)
        if taken := RUNTIME_COMMANDS.keys() & commands.keys():
            raise commands[min(taken)][0].error(f"the command {min(taken)} belongs to the runtime")
        self.declared = {**RUNTIME_COMMANDS, **commands}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.declared})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return load(*self.declared[name]) if name in self.declared else super().get_command(ctx, name)


def load(feature: Feature, command: Command) -> click.Command:
    """Import a declared command and return a copy of it that runs in the application's context.

    If no ``DATABASE_URL`` is set, a command that needs the database runs with the embedded one.
    """
    declared = feature.function(command.function)
    assert isinstance(declared, click.Command)
    assert declared.callback is not None, f"{command.function} is a group"
    callback = with_appcontext(declared.callback)
    return click.Command(
        command.name,
        callback=with_database(callback) if command.needs_database else callback,
        params=declared.params,
        help=declared.help,
    )


def with_database(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs ``callback`` in the application's context with a database.

    Without a ``DATABASE_URL`` it starts the embedded database and stops it afterwards; one that runs already is used
    and left running. It raises ``DatabaseError`` if the embedded database cannot run.
    """

    @with_appcontext
    @wraps(callback)
    def run(*arguments: Any, **options: Any) -> Any:
        environment = settings()
        if environment.database_url:
            return callback(*arguments, **options)
        from portal.runtime import embedded_database  # only here: with a DATABASE_URL its package may be absent

        database = embedded_database.start(environment.database_dir)
        try:
            return callback(*arguments, **options)
        finally:
            database.stop()

    return run
