"""An optional feature can be removed: the portal without it starts, and the tests of all others pass."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config import ROOT

OPTIONAL = ("follows", "alumni_map")
QUICK = "not browser and not process and not slow"


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.whole_portal
@pytest.mark.parametrize("feature", OPTIONAL)
def test_the_other_tests_pass_without_the_feature(feature: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.without", "-q", "-n", "1", "-m", QUICK, "tests"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, "WITHOUT_FEATURE": feature},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
