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
from portal.core.db import failures
from portal.core.extension_points import EXTENSION
from portal.core.manifest import Registry, registry

STOP_SECONDS = 9.0
FIRST_RUN = timedelta(seconds=30)
THREADS = 3
"""The number of threads for jobs: one for each message channel, even if its server stalls, and one for the rest."""


def run(app: Flask, name: str) -> int:
    """Run the job called ``name`` once in this thread, and return how many items it handled.

    The number is logged unless it is 0. Raise ``LookupError`` if there is no such job; errors of the job are passed on.
    """
    with app.app_context():
        job, function = registry().jobs[name]
        done = function(now())
    if done:
        app.logger.info("%s: %d", job.name, done)
    return done


@dataclass
class Running:
    """The job threads of one process: a scheduler for the jobs in the manifests, and one for each background function.

    ``stopping`` is set when the threads shall end; ``beat_at`` is the time of the last heartbeat on the monotonic
    clock.
    """

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
        """Start all threads, and stop them when this process ends."""
        self.scheduler.start()
        for thread in self.background:
            thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Start no further job, and wait up to ``STOP_SECONDS`` for each background function to end.

        In that time the messages that are being sent are recorded. Nothing happens in a forked child, or after the
        first call.
        """
        if self.stopping.is_set() or self.pid != os.getpid():
            return
        self.stopping.set()
        self.scheduler.shutdown(wait=False)
        for thread in self.background:
            thread.join(STOP_SECONDS)

    def run(self, name: str) -> None:
        """Run a job, unless the threads are stopping, and note a heartbeat if it succeeded.

        An error of the job is logged, so that other jobs go on and this one runs again the next time.
        """
        if self.stopping.is_set():
            return
        try:
            run(self.app, name)
        except Exception as error:
            failures.log(self.app.logger, error, "job %s failed", name)
        else:
            self.beat()

    def beat(self) -> None:
        """Note a heartbeat: a sign that the threads work."""
        self.beat_at = time.monotonic()


def start(app: Flask) -> Running | None:
    """Start the job threads of this process, unless they run, and return them; ``None`` if ``SCHEDULER`` is off.

    Call it after the fork, which threads do not survive.
    """
    settings: Settings = app.config["PORTAL"]
    return start_always(app) if settings.scheduler else None


def start_always(app: Flask) -> Running:
    """Start the job threads of this process whatever ``SCHEDULER`` says, unless they run, and return them.

    Call it in a process that only runs jobs.
    """
    running = running_in(app)
    if running is None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        running = app.extensions["running_jobs"] = Running(app)
        running.start()
    return running


def running_in(app: Flask) -> Running | None:
    """Return the job threads of this process, or ``None`` if none were started in it.

    Threads of the parent process do not count, because they did not survive the fork.
    """
    running: Running | None = app.extensions.get("running_jobs")
    return running if running is not None and running.pid == os.getpid() else None


def silence(app: Flask) -> float | None:
    """Return the seconds since the last heartbeat of this process's job threads, or ``None`` if none were started."""
    running = running_in(app)
    return None if running is None else time.monotonic() - running.beat_at
