"""Running jobs outside the serving processes: a process that does nothing else, or one job from a cron table."""

from __future__ import annotations

import signal
import threading

import click
from flask import current_app

from portal.application import PortalFlask
from portal.core.manifest import registry
from portal.runtime import scheduler


def application() -> PortalFlask:
    """The application itself, to be handed to threads."""
    app: PortalFlask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    return app


@click.command("worker")
def worker() -> None:
    """Run jobs and send messages until stopped, whatever SCHEDULER says."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    running = scheduler.start_always(application())
    click.echo("Jobs are running. Ctrl-C stops them.")
    ended.wait()
    running.stop()


def check_job(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """Return the name of a job; raise ``BadParameter`` naming all jobs where there is no such one."""
    names = registry().jobs
    if name not in names:
        raise click.BadParameter(f"there is no such job; choose one of {', '.join(names)}")
    return name


@click.command("run-job")
@click.argument("name", callback=check_job)
def run_job(name: str) -> None:
    """Run the job NAME once."""
    done = scheduler.run(application(), name)
    click.echo(f"{name}: {done}")
