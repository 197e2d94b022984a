"""What runs by itself: the table of periodic jobs, and the threads that run them in a serving process.

Every process may run every job: messages are claimed in the database, and clearing up twice clears nothing more.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from importlib import import_module

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from config import Settings
from portal.core.clock import now
from portal.outbox.listener import listen

STOP_SECONDS = 9.0
FIRST_RUN = timedelta(seconds=30)
THREADS = 3
"""One for each way out, however long it stalls, and one for everything else."""


@dataclass(frozen=True, slots=True)
class Job:
    """``function`` is ``module:name`` of a ``run(now) -> count``, imported when it first runs."""

    name: str
    function: str
    every: timedelta


JOBS: tuple[Job, ...] = (
    Job("outbox.send_mails", "portal.outbox.jobs:send_mails", timedelta(seconds=10)),
    Job("outbox.send_telegram", "portal.outbox.jobs:send_telegram", timedelta(seconds=10)),
    Job("outbox.forget_sent", "portal.outbox.jobs:forget_sent", timedelta(hours=6)),
    Job("accounts.purge", "portal.accounts.jobs:purge", timedelta(hours=1)),
    Job("media.sweep", "portal.files.jobs:sweep", timedelta(hours=6)),
)


def job_named(name: str) -> Job:
    """Raises ``LookupError`` when there is no such job."""
    for job in JOBS:
        if job.name == name:
            return job
    raise LookupError(name)


def run(app: Flask, job: Job) -> int:
    """Run a job once, here and now, and say how much it did."""
    module, _, function = job.function.partition(":")
    with app.app_context():
        done: int = getattr(import_module(module), function)(now())
    if done:
        app.logger.info("%s: %d", job.name, done)
    return done


@dataclass
class Running:
    """The threads of one process: a scheduler for the table of jobs, a listener that sends what was just stored."""

    app: Flask
    pid: int = field(default_factory=os.getpid)
    stopping: threading.Event = field(default_factory=threading.Event)
    beat_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": {"type": "threadpool", "max_workers": THREADS}},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in JOBS:
            first = now() + min(job.every, FIRST_RUN)
            seconds = job.every.total_seconds()
            self.scheduler.add_job(self.run, "interval", (job,), seconds=seconds, next_run_time=first, id=job.name)
        self.listener = threading.Thread(
            target=listen, args=(self.app, self.stopping, self.beat), name="outbox-listener", daemon=True
        )

    def start(self) -> None:
        self.scheduler.start()
        self.listener.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let the message in hand be finished and recorded, and start nothing more."""
        if self.stopping.is_set() or self.pid != os.getpid():
            return
        self.stopping.set()
        self.scheduler.shutdown(wait=False)
        self.listener.join(STOP_SECONDS)

    def run(self, job: Job) -> None:
        """One failing job must not stop the others, nor itself the next time."""
        if self.stopping.is_set():
            return
        try:
            run(self.app, job)
        except Exception:
            self.app.logger.exception("job %s failed", job.name)
        else:
            self.beat()

    def beat(self) -> None:
        self.beat_at = time.monotonic()


def start(app: Flask) -> Running | None:
    """Start the threads of this process, once, unless ``SCHEDULER`` is off; call it after the fork."""
    settings: Settings = app.config["PORTAL"]
    return start_always(app) if settings.scheduler else None


def start_always(app: Flask) -> Running:
    """The same for a process that has nothing else to do."""
    running = running_in(app)
    if running is None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        running = app.extensions["running_jobs"] = Running(app)
        running.start()
    return running


def running_in(app: Flask) -> Running | None:
    """The threads of this very process; those of a parent did not survive the fork."""
    running: Running | None = app.extensions.get("running_jobs")
    return running if running is not None and running.pid == os.getpid() else None


def silence(app: Flask) -> float | None:
    """Seconds since the jobs of this process last gave a sign of life; ``None`` where none are meant to run."""
    running = running_in(app)
    return None if running is None else time.monotonic() - running.beat_at
