"""Start, restart and end of the portal's processes; every test kills real ones."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from tests.runtime.conftest import Make, copy_with_owners
from tests.runtime.portals import PATIENCE, Portal, is_one_sentence, lives, refused, until

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def supervised(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Yield one portal, which tests one after the other kill processes of."""
    instance = prepared.parent / "supervised"
    copy_with_owners(prepared, instance)
    portal = Portal(instance, MEDIA_URL=str(tmp_path_factory.mktemp("media"))).start()
    yield portal
    portal.clean_up()


def test_two_portals_run_side_by_side_and_end_with_all_their_processes(make: Make) -> None:
    """Ctrl-C ends one of them, a closed terminal the other."""
    one, other = make("one"), make("other")
    one.launch()
    other.start()
    until(one.is_ready, "the first answers")
    one.remember_processes()
    for portal, number in ((one, signal.SIGINT), (other, signal.SIGHUP)):
        assert portal.signal(number) == 0
        assert portal.left_running() == []
        assert "Traceback" not in portal.log


def test_the_start_prints_the_url(supervised: Portal) -> None:
    until(lambda: supervised.url in supervised.log, "the URL is printed")


def is_replaced(supervised: Portal, victim: int) -> None:
    until(lambda: len([pid for pid in supervised.workers if pid != victim]) == 2, "a new worker")
    until(supervised.is_ready, "the portal answers")


def test_a_killed_worker_is_replaced(supervised: Portal) -> None:
    victim = supervised.workers[0]
    os.kill(victim, signal.SIGKILL)
    is_replaced(supervised, victim)


def test_a_worker_that_crashes_logs_its_threads_and_is_replaced(supervised: Portal) -> None:
    victim = supervised.workers[0]
    os.kill(victim, signal.SIGSEGV)
    until(lambda: "Fatal Python error: Segmentation fault" in supervised.log, "the crash is logged")
    until(lambda: "gunicorn/workers/gthread.py" in supervised.log, "and its stack")
    is_replaced(supervised, victim)


def test_a_killed_web_server_is_started_again(supervised: Portal) -> None:
    victim = supervised.gunicorn
    orphans = supervised.workers
    os.kill(victim, signal.SIGKILL)
    until(lambda: not lives(victim) and not any(map(lives, orphans)), "its workers end")
    until(supervised.is_ready, "the portal answers")


def test_a_killed_database_is_started_again(supervised: Portal) -> None:
    victim = supervised.postgres
    os.kill(victim, signal.SIGKILL)
    until(lambda: not lives(victim) and supervised.is_ready(), "the portal answers")


def test_a_database_killed_while_the_portal_starts_is_started_again(make: Make) -> None:
    """Kill it as soon as the portal answers: the supervisor, who asks ten times a second, rarely knows it by then."""
    portal = make()
    portal.launch()
    while portal.status("/health/live") is None:
        time.sleep(0.01)
    victim = portal.postgres
    os.kill(victim, signal.SIGKILL)
    until(lambda: not lives(victim) and portal.is_ready(), "the portal answers again")
    portal.remember_processes()


def test_killed_processes_do_not_hinder_the_next_start(make: Make) -> None:
    """Kill the supervisor alone, whose processes end, and then everything at once; all in a very long path."""
    portal = make("a long name " * 10 + "/instance").start()
    os.kill(portal.pid, signal.SIGKILL)
    portal.wait()
    until(lambda: portal.left_running() == [], "its processes end")
    portal.start()
    for pid in (portal.pid, portal.postgres, portal.gunicorn, *portal.workers):
        os.kill(pid, signal.SIGKILL)
    portal.wait()
    assert portal.start().is_ready()


WORKERS_CANNOT_START = f"""
import runpy, time
globals().update(runpy.run_path({str(ROOT / "gunicorn.conf.py")!r}))
def post_worker_init(worker):
    time.sleep(1)
    raise RuntimeError("a part is missing")
"""


def test_no_url_is_printed_when_no_worker_can_start(make: Make) -> None:
    portal = make()
    broken = portal.instance.with_name("broken.conf.py")
    broken.write_text(WORKERS_CANNOT_START)
    portal.gunicorn_options = ["--config", str(broken)]
    assert portal.launch().wait(PATIENCE) != 0
    assert "a part is missing" in portal.log
    assert portal.url not in portal.log


def test_a_second_start_in_the_same_folder_is_refused(supervised: Portal) -> None:
    status, output = refused(supervised.instance)
    assert status == 2
    assert is_one_sentence(output)
    assert supervised.is_ready()


@pytest.mark.skipif(os.getuid() != 0, reason="only root starts PostgreSQL as somebody else")
def test_under_root_postgresql_runs_as_another_user(supervised: Portal) -> None:
    assert Path(f"/proc/{supervised.postgres}").stat().st_uid != 0
