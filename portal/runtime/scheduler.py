"""The scheduler: threads of a serving process that run the periodic jobs and background functions of the features.

Every process may run every job: messages are claimed in the database, and a second clean-up finds nothing to do.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from config import Settings
from portal.core.clock import now
from portal.core.extension_points import EXTENSION
from portal.core.manifest import Registry, registry

STOP_SECONDS = 9.0
FIRST_RUN = timedelta(seconds=30)
THREADS = 3
"""One for each message channel, however long its server stalls, and one for all other jobs."""


def run(app: Flask, name: str) -> int:
    """Run a job once, here and now, and return how much it did; raise ``LookupError`` when there is no such job."""
    with app.app_context():
        job, function = registry().jobs[name]
        done = function(now())
    if done:
        app.logger.info("%s: %d", job.name, done)
    return done


@dataclass
class Running:
    """The threads of one process: a scheduler for the jobs in the manifests, and one for each background function."""

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
        features: Registry = self.app.extensions[EXTENSION]
        for job, _function in features.jobs.values():
            first = now() + min(job.every, FIRST_RUN)
            seconds = job.every.total_seconds()
            self.scheduler.add_job(self.run, "interval", (job.name,), seconds=seconds, next_run_time=first, id=job.name)
        self.background = [
            threading.Thread(
                target=function, args=(self.app, self.stopping, self.beat), name=function.__module__, daemon=True
            )
            for function in features.background
        ]

    def start(self) -> None:
        self.scheduler.start()
        for thread in self.background:
            thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Start nothing more, and wait until the messages that are being sent are recorded."""
        if self.stopping.is_set() or self.pid != os.getpid():
            return
        self.stopping.set()
        self.scheduler.shutdown(wait=False)
        for thread in self.background:
            thread.join(STOP_SECONDS)

    def run(self, name: str) -> None:
        """Run a job; log a failure, so that other jobs go on and this one runs again the next time."""
        if self.stopping.is_set():
            return
        try:
            run(self.app, name)
        except Exception:
            self.app.logger.exception("job %s failed", name)
        else:
            self.beat()

    def beat(self) -> None:
        self.beat_at = time.monotonic()


def start(app: Flask) -> Running | None:
    """Start the threads of this process, once, unless ``SCHEDULER`` is off; call it after the fork."""
    settings: Settings = app.config["PORTAL"]
    return start_always(app) if settings.scheduler else None


def start_always(app: Flask) -> Running:
    """Start the threads of this process, once, whatever ``SCHEDULER`` says: for a process that only runs jobs."""
    running = running_in(app)
    if running is None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        running = app.extensions["running_jobs"] = Running(app)
        running.start()
    return running


def running_in(app: Flask) -> Running | None:
    """Return the threads of this process; those of its parent did not survive the fork and do not count."""
    running: Running | None = app.extensions.get("running_jobs")
    return running if running is not None and running.pid == os.getpid() else None


def silence(app: Flask) -> float | None:
    """Return the seconds since the last heartbeat of this process's jobs; ``None`` where none were started."""
    running = running_in(app)
    return None if running is None else time.monotonic() - running.beat_at
