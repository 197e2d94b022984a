"""Periodic jobs run in any number of processes, and a second run has nothing left to do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal import create_app
from portal.accounts.models import Account, SignIn
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.extension_points import EXTENSION
from portal.core.manifest import Job, load
from portal.extensions import db
from portal.features import FEATURES
from portal.outbox import jobs, messages
from portal.outbox.models import OutboxMessage, State
from portal.outbox.services import enqueue
from portal.outbox.transports.mail import mailbox_dir
from portal.runtime import scheduler
from tests import factories

pytestmark = pytest.mark.slow

LONG_AGO = timedelta(days=400)
JOBS = tuple(load(FEATURES).jobs)
TIRELESS = "tests.tireless"
FAILING = "tests.failing"


def tireless(_now: object) -> int:
    return 1


def failing(_now: object) -> int:
    raise ZeroDivisionError


@pytest.fixture
def odd_jobs(monkeypatch: pytest.MonkeyPatch, tx: PortalFlask) -> None:
    """Declare two more jobs, one that never ends its work and one that fails."""
    jobs: dict[str, Any] = tx.extensions[EXTENSION].jobs
    for name, function in ((TIRELESS, tireless), (FAILING, failing)):
        monkeypatch.setitem(jobs, name, (Job(name, "", timedelta(seconds=1)), function))


def second_run(app: PortalFlask, name: str) -> int:
    scheduler.run(app, name)
    return scheduler.run(app, name)


@pytest.fixture
def with_work(tx: PortalFlask, alina: Account) -> PortalFlask:
    """Store something to do for each job."""
    past = now() - LONG_AGO
    old = {"kind": "outbox.test_message", "channel": "mail", "recipient": alina.email, "payload": {}}
    factories.save(
        SignIn(account_id=alina.id, channel="page", expires_at=past, ended_at=past),
        OutboxMessage(key="old", state=State.SENT, sent_at=past, **old),
        OutboxMessage(key="told", channel="telegram", recipient="42", kind=old["kind"], payload={}),
        OutboxMessage(key="due", **old),
    )
    return tx


@pytest.mark.parametrize("name", JOBS)
def test_a_second_run_has_nothing_to_do(with_work: PortalFlask, name: str) -> None:
    assert second_run(with_work, name) == 0


@pytest.mark.usefixtures("odd_jobs")
def test_a_job_that_never_ends_its_work_is_noticed(tx: PortalFlask) -> None:
    assert second_run(tx, TIRELESS) == 1


@pytest.mark.parametrize("name", ["outbox.send_mails", "outbox.send_telegram", "outbox.forget_sent", "accounts.purge"])
def test_a_first_run_does_its_work(with_work: PortalFlask, name: str) -> None:
    assert scheduler.run(with_work, name) == 1


def test_sent_messages_are_kept_for_a_while_and_given_up_ones_for_longer(tx: PortalFlask) -> None:
    same = {"kind": "outbox.test_message", "channel": "mail", "recipient": "alina@demo.example", "payload": {}}
    factories.save(
        OutboxMessage(key="new", state=State.SENT, sent_at=now(), **same),
        OutboxMessage(key="lost", state=State.GIVEN_UP, due_at=now() - LONG_AGO, **same),
    )
    with tx.app_context():
        assert jobs.forget_sent(now()) == 0


def test_withdrawn_messages_are_forgotten_like_sent_ones(tx: PortalFlask) -> None:
    same = {"kind": "outbox.test_message", "channel": "mail", "recipient": "alina@demo.example", "payload": {}}
    factories.save(
        OutboxMessage(key="new", state=State.WITHDRAWN, **same),
        OutboxMessage(key="old", state=State.WITHDRAWN, due_at=now() - LONG_AGO, **same),
    )
    with tx.app_context():
        assert jobs.forget_sent(now()) == 1


def test_there_is_no_job_of_that_name(tx: PortalFlask) -> None:
    with pytest.raises(LookupError):
        scheduler.run(tx, "outbox.no_such_job")


@pytest.fixture
def running(committed: PortalFlask) -> Iterator[scheduler.Running]:
    app = create_app(committed.config["PORTAL"])
    started = scheduler.start(app)
    assert started is not None
    yield started
    started.stop()
    with app.app_context():
        db.engine.dispose()


def test_a_process_starts_its_jobs_once(running: scheduler.Running) -> None:
    assert scheduler.start(running.app) is running
    assert {job.id for job in running.scheduler.get_jobs()} == set(JOBS)


def test_a_running_process_gives_signs_of_life(running: scheduler.Running) -> None:
    silence = scheduler.silence(running.app)
    assert silence is not None
    running.beat_at -= 100
    assert (scheduler.silence(running.app) or 0) > silence


def test_a_stopped_process_runs_nothing_more(running: scheduler.Running) -> None:
    running.stop()
    assert not any(thread.is_alive() for thread in running.background)
    assert not running.scheduler.running
    running.run(TIRELESS)


def test_threads_of_a_parent_do_not_count_after_the_fork(running: scheduler.Running) -> None:
    running.pid -= 1
    assert scheduler.silence(running.app) is None
    running.pid += 1


def test_a_failing_job_is_logged_and_stops_nobody(
    running: scheduler.Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = (Job(FAILING, "", timedelta(seconds=1)), failing)
    monkeypatch.setitem(running.app.extensions[EXTENSION].jobs, FAILING, job)
    running.run(FAILING)
    assert "job tests.failing failed" in caplog.text


def test_no_threads_start_where_the_scheduler_is_off(committed: PortalFlask) -> None:
    app = create_app(committed.config["PORTAL"].model_copy(update={"scheduler": False}))
    before = threading.active_count()
    assert scheduler.start(app) is None
    assert scheduler.silence(app) is None
    assert threading.active_count() == before


def command(app: PortalFlask, *words: str) -> subprocess.Popen[str]:
    settings = app.config["PORTAL"]
    environment = {
        **os.environ,
        "ENVIRONMENT": "TEST",
        "DATABASE_URL": str(settings.database_url),
        "INSTANCE_DIR": str(settings.instance_dir),
        "SCHEDULER": "off",
    }
    program = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True)


def store(app: PortalFlask, key: str) -> None:
    with app.app_context(), unit_of_work():
        enqueue(messages.TEST_MESSAGE, recipient="alina@demo.example", key=key, payload={})


@pytest.mark.process
def test_a_worker_sends_and_ends_with_a_signal(committed: PortalFlask) -> None:
    folder = mailbox_dir(committed.config["PORTAL"])
    shutil.rmtree(folder, ignore_errors=True)
    store(committed, "worker")
    worker = command(committed, "worker")
    for _ in range(200):
        if list(folder.glob("*.eml")):
            break
        threading.Event().wait(0.1)
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=30)
    assert (worker.returncode, "Jobs are running" in said) == (0, True)
    assert len(list(folder.glob("*.eml"))) == 1


@pytest.mark.process
def test_one_job_can_be_run_by_hand(committed: PortalFlask) -> None:
    store(committed, "by hand")
    said, _ = command(committed, "run-job", "outbox.send_mails").communicate(timeout=30)
    assert said.strip() == "outbox.send_mails: 1"
