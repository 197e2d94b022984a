"""Running jobs outside the serving processes: a process that does nothing else, or one job from a cron table."""

from __future__ import annotations

import signal
import threading

import click
from flask import current_app

from portal.application import PortalFlask
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


@click.command("run-job")
@click.argument("name", type=click.Choice([job.name for job in scheduler.JOBS]))
def run_job(name: str) -> None:
    """Run the job NAME once."""
    done = scheduler.run(application(), scheduler.job_named(name))
    click.echo(f"{name}: {done}")
