"""Prepared portals: the slow first start happens once, and its folder is copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.runtime import cluster_paths
from tests.runtime.portals import Portal

Make = Callable[..., Portal]


@pytest.fixture(scope="session")
def open_folder() -> Path:
    """Return a folder that other users may enter, unlike pytest's: under root PostgreSQL runs as one of them."""
    folder = Path(os.environ["TEST_FOLDER"]) / f"portals {os.getpid()}"  # a space in every path
    folder.mkdir()
    return folder


@pytest.fixture
def folder(open_folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    made = open_folder / f"{request.node.name[:40]} {id(request.node)}"
    made.mkdir()
    yield made
    shutil.rmtree(cluster_paths.socket_dir(made / "postgres"), ignore_errors=True)


@pytest.fixture(scope="session")
def prepared() -> Path:
    """Return the instance folder of a portal that was started and stopped once for all workers of the suite."""
    folder = Path(os.environ["TEST_FOLDER"])
    ready = folder / "prepared.done"
    portal = Portal(folder / "prepared")
    with (folder / "prepared.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not ready.exists():
            portal.start()
            assert portal.signal(signal.SIGTERM) == 0
            assert portal.left_running() == []
            ready.touch()
    return portal.instance


@pytest.fixture
def make(folder: Path, prepared: Path) -> Iterator[Make]:
    """Return a function that makes portals which start quickly; all are stopped afterwards."""
    made: list[Portal] = []

    def make_one(name: str = "instance", **variables: str) -> Portal:
        instance = folder / name
        copy_with_owners(prepared, instance)
        made.append(Portal(instance, **variables))
        return made[-1]

    yield make_one
    for portal in made:
        portal.clean_up()


def copy_with_owners(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", source, target], check=True)
