"""Table of contents of the ``flask`` command; each room keeps its own commands in ``commands.py``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from portal.core.environment import settings

DATABASE = "needs the database"
NOTHING = "needs no database"

# name: (module:attribute of the click command, what it needs); with DATABASE the embedded one is started for it
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("portal.runtime.commands:up", NOTHING),
    "prepare": ("portal.runtime.commands:prepare", DATABASE),
    "worker": ("portal.runtime.worker:worker", DATABASE),
    "run-job": ("portal.runtime.worker:run_job", DATABASE),
    "create-admin": ("portal.accounts.commands:create_admin", DATABASE),
    "access": ("portal.runtime.commands:access", NOTHING),
    "remove-second-step": ("portal.accounts.commands:remove_second_step", DATABASE),
    "check-config": ("portal.runtime.commands:check_config", NOTHING),
    "openapi": ("portal.runtime.commands:openapi", NOTHING),
    "load-cities": ("portal.cities.commands:load_cities", DATABASE),
    "seed-demo": ("portal.demo.commands:seed_demo", DATABASE),
    "translate": ("portal.web.i18n.catalogues:translate", NOTHING),
    "import-allowlist": ("portal.admin.commands:import_allow_list", DATABASE),
    "build-mails": ("portal.outbox.commands:build_mails", NOTHING),
    "send-test-message": ("portal.outbox.commands:send_test_message", DATABASE),
}


class Commands(AppGroup):
    """Imports a room's commands when one of them is asked for, so that web processes never do."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return load(name) if name in COMMANDS else super().get_command(ctx, name)


def load(name: str) -> click.Command:
    """The command with what it needs around it; the one that the room declares stays as it is."""
    path, needs = COMMANDS[name]
    module, _, attribute = path.partition(":")
    declared: click.Command = getattr(import_module(module), attribute)
    assert declared.callback is not None, f"{path} is a group"
    callback = with_appcontext(declared.callback)
    return click.Command(
        name,
        callback=with_database(callback) if needs == DATABASE else callback,
        params=declared.params,
        help=declared.help,
    )


def with_database(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Start the embedded database for the time of one command, or use it where the portal runs."""

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
