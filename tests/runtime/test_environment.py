"""``deploy/environment`` creates and updates the virtual environment that the make targets use."""

from __future__ import annotations

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import ROOT

pytestmark = pytest.mark.process

PRETENDS = """#!/bin/sh
# A Python of the given kind: says its age, lacks or has venv and pip, and records what it is asked to do.
case "$*" in
    *version_info*) exit {old} ;;
    *pip.__version__*) exit {no_pip} ;;
    "-m ensurepip"*) echo pip >>log ;;
    *ensurepip*) exit {no_venv} ;;
    *base_prefix*) echo "{place}" ;;
    *"venv --clear"*) rm -rf .venv && mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo made >>log ;;
    *"-r r.txt"*) {installs} ;;
    *) exit 1 ;;
esac
"""

INSTALLS = "echo installed >>log"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone in a path with a space, whose one requirement file is ``r.txt``."""
    made = tmp_path / "a clone"
    (made / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / "deploy/environment", made / "deploy")
    (made / "r.txt").write_text("package==1\n")
    return made


def run(
    clone: Path, *, old: int = 0, no_venv: int = 0, no_pip: int = 0, place: str = "here", installs: str = INSTALLS
) -> subprocess.CompletedProcess[str]:
    python = clone / "python3"
    python.write_text(PRETENDS.format(old=old, no_venv=no_venv, no_pip=no_pip, place=place, installs=installs))
    python.chmod(0o755)
    return start(clone, python if no_venv else None)


def start(clone: Path, named: Path | None = None) -> subprocess.CompletedProcess[str]:
    system = ":".join(str(Path(shutil.which(tool) or "/bin/sh").parent) for tool in ("cp", "cmp", "mkdir", "cat"))
    environment = {"PATH": f"{clone}:{system}", "PIP_INDEX_URL": "none"}
    if named:
        environment["PYTHON"] = str(named)
    command = [str(clone / "deploy/environment"), "r.txt"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def log(clone: Path) -> list[str]:
    return (clone / "log").read_text().split() if (clone / "log").exists() else []


def test_the_first_run_makes_and_fills_it_and_the_second_does_nothing(clone: Path) -> None:
    assert run(clone).returncode == 0
    assert log(clone) == ["made", "installed"]
    assert run(clone).stdout == ""
    assert log(clone) == ["made", "installed"]


def test_changed_requirements_are_installed(clone: Path) -> None:
    run(clone)
    (clone / "r.txt").write_text("package==2\n")
    run(clone)
    assert log(clone) == ["made", "installed", "installed"]


def test_another_python_gets_a_new_environment(clone: Path) -> None:
    run(clone)
    run(clone, place="another version")
    assert log(clone) == ["made", "installed", "made", "installed"]


def test_an_interrupted_installation_begins_anew(clone: Path) -> None:
    assert run(clone, installs="kill -9 $PPID").returncode < 0
    assert run(clone).returncode == 0
    assert log(clone) == ["made", "made", "installed"]
    assert run(clone).stdout == ""


def test_a_second_installation_waits_for_the_first(clone: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        first = both.submit(run, clone, installs=f"touch going; sleep 2; {INSTALLS}")
        while not (clone / "going").exists():
            assert not first.done(), first.result().stderr
            time.sleep(0.01)
        second = both.submit(start, clone)
        assert (first.result().returncode, second.result().returncode) == (0, 0)
    assert log(clone) == ["made", "installed"]


def test_a_machine_without_pip_gets_one_for_the_environment_only(clone: Path) -> None:
    assert run(clone, no_pip=1).returncode == 0
    assert log(clone) == ["made", "pip", "installed"]


def test_a_missing_venv_module_is_said_with_the_line_to_type(clone: Path) -> None:
    done = run(clone, no_venv=1)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "sudo apt install python3-venv" in done.stderr


def test_the_makefile_lists_its_targets() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "test-fast", "check", "check-full", "vendor", "fmt", "dev", "coverage", "bench"):
        assert f"make {target} " in shown
