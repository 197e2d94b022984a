"""Commands that run jobs outside the serving processes: a worker process, or one job from a crontab."""

from __future__ import annotations

import signal
import threading

import click
from flask import current_app

from portal.application import PortalFlask
from portal.core.manifest import registry
from portal.runtime import scheduler


def application() -> PortalFlask:
    """Return the current Flask application itself instead of its proxy, which works in its own thread only."""
    app: PortalFlask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    return app


@click.command("worker")
def worker() -> None:
    """Run jobs and send messages until stopped, even if SCHEDULER is off."""
    stop_requested = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop_requested.set())
    running = scheduler.start_always(application())
    click.echo("Jobs are running. Ctrl-C stops them.")
    stop_requested.wait()
    running.stop()


def check_job(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """Return ``name`` if a job is called so, else raise ``click.BadParameter`` with the names of all jobs."""
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
