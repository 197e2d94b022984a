"""``make mutants [SEED=1 SIZE=100]``: put a sample of small faults into the code and count those that a test notices.

The sample is drawn from the modules that protect people: permissions, sign-in, limits, attendance, outbox, visibility.
Every fault is put into a copy of the tree and the tests that run the changed line are run on it. A seed draws the same
sample as long as the code is the same. Exit status 1 when fewer than 90 % are noticed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from config import ROOT
from portal.runtime import embedded_database
from tests.mutants import covering
from tests.mutants.mutations import Mutant, find

MODULES = (
    "portal/core/access.py",
    "portal/core/security/throttle.py",
    "portal/permissions/services.py",
    "portal/accounts/policies.py",
    "portal/accounts/authentication/*.py",
    "portal/accounts/registration/*.py",
    "portal/accounts/status/*.py",
    "portal/events/policies.py",
    "portal/events/services/*.py",
    "portal/outbox/*.py",
    "portal/profiles/visibility.py",
)
# They hold shapes, texts and wiring, which other tests compare whole.
SHAPES = {
    "forms.py",
    "schemas.py",
    "messages.py",
    "feature.py",
    "models.py",
    "serializers.py",
    "mjml.py",
    "commands.py",
}
LEAST = 90
QUICK_THEN_SLOW = (f"{covering.MEASURED} and not slow", f"{covering.MEASURED} and slow")
SECONDS_PER_MUTANT = 900  # a fault may also let a test wait for ever


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=100)
    chosen = parser.parse_args()
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="portal-mutants-") as name, database(Path(name)):
        trees = [copy_tree(Path(name) / f"tree{number}") for number in range(workers)]
        mutants = [mutant for path in module_paths(trees[0]) for mutant in find(trees[0], path)]
        sample = random.Random(chosen.seed).sample(mutants, min(chosen.size, len(mutants)))
        print(f"{len(mutants)} possible faults, {len(sample)} drawn with seed {chosen.seed}", flush=True)
        survivors = run_all(sample, trees, covering.measure(trees[0], workers))
    share = 100 * (len(sample) - len(survivors)) / len(sample)
    print(f"{share:.0f} % noticed ({len(sample) - len(survivors)} of {len(sample)}); at least {LEAST} %")
    for mutant in survivors:
        print(f"  not noticed: {mutant}")
    return int(share < LEAST)


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """Run one database server for all runs of the tests, so that none of them prepares its templates again."""
    os.chmod(folder, 0o755)  # under root PostgreSQL runs as another user
    server = embedded_database.start(folder / "database", fsync="off", max_connections="200")
    os.environ["TEST_DATABASE_URL"] = server.url
    try:
        yield
    finally:
        server.stop()


def copy_tree(target: Path) -> Path:
    """Copy what version control knows, with the environment of this tree, and return the copy's folder."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to((ROOT / ".venv").resolve())
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)  # some tests ask which files are tracked
    (target / ".git/info/exclude").write_text(".venv\n")
    subprocess.run(["git", "add", "--all"], cwd=target, check=True)
    return target


def module_paths(root: Path) -> list[str]:
    found = {path for pattern in MODULES for path in root.glob(pattern) if path.name not in SHAPES}
    return sorted(str(path.relative_to(root)) for path in found)


def run_all(sample: list[Mutant], trees: list[Path], coverage: covering.Coverage) -> list[Mutant]:
    """Return the mutants that no test notices; each tree holds one fault at a time."""
    free: Queue[Path] = Queue()
    for tree in trees:
        free.put(tree)

    def survives(mutant: Mutant) -> bool:
        tree = free.get()
        try:
            noticed = is_noticed(mutant, tree, coverage.tests_of(mutant))
        finally:
            free.put(tree)
        print(f"{'noticed' if noticed else 'NOT NOTICED':11} {mutant}", flush=True)
        return not noticed

    with ThreadPoolExecutor(len(trees)) as pool:
        return [mutant for mutant, survived in zip(sample, pool.map(survives, sample), strict=True) if survived]


def is_noticed(mutant: Mutant, tree: Path, tests: list[str]) -> bool:
    """Return whether one of ``tests`` fails, does not end, or cannot even start."""
    original = mutant.apply(tree)
    names = tree / ".tests"
    names.write_text("\n".join(tests))
    command = [".venv/bin/python", "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", f"@{names}", "-m"]
    try:
        return any(
            subprocess.run([*command, markers], cwd=tree, capture_output=True, timeout=SECONDS_PER_MUTANT).returncode
            not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
            for markers in QUICK_THEN_SLOW
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        (tree / mutant.path).write_bytes(original)


if __name__ == "__main__":
    sys.exit(main())
