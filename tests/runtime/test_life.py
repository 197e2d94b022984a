"""How a portal starts, survives and ends; every test kills real processes."""

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
def standing(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal that several murders in a row must not end."""
    instance = prepared.parent / "standing"
    copy_with_owners(prepared, instance)
    portal = Portal(instance, MEDIA_URL=str(tmp_path_factory.mktemp("media"))).start()
    yield portal
    portal.clean_up()


def test_two_portals_run_side_by_side_until_a_signal_ends_all_that_one_has_started(make: Make) -> None:
    """Ctrl-C ends the one, a closed terminal the other."""
    one, other = make("one"), make("other")
    one.launch()
    other.start()
    until(one.is_ready, "the first answers")
    one.remember_processes()
    for portal, number in ((one, signal.SIGINT), (other, signal.SIGHUP)):
        assert portal.signal(number) == 0
        assert portal.left_running() == []
        assert "Traceback" not in portal.log


def test_the_start_says_where_to_go(standing: Portal) -> None:
    until(lambda: standing.address in standing.log, "the address is printed")


def is_replaced(standing: Portal, victim: int) -> None:
    until(lambda: len([pid for pid in standing.workers if pid != victim]) == 2, "a new worker")
    until(standing.is_ready, "the portal answers")


def test_a_killed_worker_is_replaced(standing: Portal) -> None:
    victim = standing.workers[0]
    os.kill(victim, signal.SIGKILL)
    is_replaced(standing, victim)


def test_a_worker_that_crashes_says_what_its_threads_did_and_is_replaced(standing: Portal) -> None:
    victim = standing.workers[0]
    os.kill(victim, signal.SIGSEGV)
    until(lambda: "Fatal Python error: Segmentation fault" in standing.log, "the crash is told")
    until(lambda: "gunicorn/workers/gthread.py" in standing.log, "and where it was")
    is_replaced(standing, victim)


def test_a_killed_web_server_is_started_again(standing: Portal) -> None:
    victim = standing.gunicorn
    orphans = standing.workers
    os.kill(victim, signal.SIGKILL)
    until(lambda: not lives(victim) and not any(map(lives, orphans)), "its workers end")
    until(standing.is_ready, "the portal answers")


def test_a_killed_database_is_started_again(standing: Portal) -> None:
    victim = standing.postgres
    os.kill(victim, signal.SIGKILL)
    until(lambda: not lives(victim) and standing.is_ready(), "the portal answers")


def test_a_database_killed_while_the_portal_starts_is_started_again(make: Make) -> None:
    """At once when the portal answers: the supervisor, who asks ten times a second, mostly does not know it yet."""
    portal = make()
    portal.launch()
    while portal.status("/health/live") is None:
        time.sleep(0.01)
    victim = portal.postgres
    os.kill(victim, signal.SIGKILL)
    until(lambda: not lives(victim) and portal.is_ready(), "the portal answers again")
    portal.remember_processes()


def test_what_was_killed_leaves_nothing_in_the_way_of_the_next_start(make: Make) -> None:
    """The supervisor alone, whose processes end, and then everything at once; all in a very long path."""
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


def test_no_address_is_printed_when_no_worker_can_start(make: Make) -> None:
    portal = make()
    broken = portal.instance.with_name("broken.conf.py")
    broken.write_text(WORKERS_CANNOT_START)
    portal.gunicorn_options = ["--config", str(broken)]
    assert portal.launch().wait(PATIENCE) != 0
    assert "a part is missing" in portal.log
    assert portal.address not in portal.log


def test_a_second_start_in_the_same_folder_is_refused(standing: Portal) -> None:
    status, said = refused(standing.instance)
    assert status == 2
    assert is_one_sentence(said)
    assert standing.is_ready()


@pytest.mark.skipif(os.getuid() != 0, reason="only root starts PostgreSQL as somebody else")
def test_under_root_postgresql_runs_as_another_user(standing: Portal) -> None:
    assert Path(f"/proc/{standing.postgres}").stat().st_uid != 0
