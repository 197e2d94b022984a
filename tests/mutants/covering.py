"""Find the tests that run a line, by one measured run of the suite in which each line remembers its tests."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

from tests.mutants.mutations import Mutant

MEASURED = "not browser and not process"


@dataclass(frozen=True)
class Coverage:
    """Which tests run which line; file names are relative to ``root``."""

    root: Path
    data: CoverageData

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the ids of the tests that run the mutant's statement, those of its own package first.

        A line that runs when the module is imported belongs to no test; then all tests of its package count.
        """
        first, last = mutant.statement
        contexts = self.data.contexts_by_lineno(str(self.root / mutant.path))
        found = {
            context.split("|")[0] for line in range(first, last + 1) for context in contexts.get(line, ()) if context
        }
        folder = "tests/" + mutant.path.split("/")[1]
        return sorted(found, key=lambda test: (not test.startswith(folder), test)) or [folder]


def measure(root: Path, workers: int) -> Coverage:
    """Run the suite in the tree ``root`` on the code as it is, and return who ran what.

    Raises:
        RuntimeError: a test fails without any fault in the code.

    """
    run = subprocess.run(list(command(workers)), cwd=root, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"the suite fails on the code as it is:\n{run.stdout[-4000:]}{run.stderr[-2000:]}")
    data = CoverageData(str(root / ".coverage"))
    data.read()
    return Coverage(root, data)


def command(workers: int) -> Iterator[str]:
    yield from (".venv/bin/python", "-m", "pytest", "-q", "-m", MEASURED, "-n", str(workers), "-p", "no:cacheprovider")
    yield from ("--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0", "tests")
