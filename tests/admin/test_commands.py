"""The commands of the office, the cities and the demo data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from portal.application import PortalFlask
from tests.conftest import cloned_app
from tests.support import databases

Run = Callable[..., Result]


def running(app: PortalFlask) -> Run:
    """Run a command by its name, as ``flask`` does."""

    def run(*words: str) -> Result:
        result: Result = app.test_cli_runner().invoke(args=words)
        return result

    return run


@pytest.fixture
def run(app: PortalFlask) -> Run:
    return running(app)


@pytest.fixture
def run_on_own_database(tmp_path: Path) -> Iterator[Run]:
    """Return a runner of commands on a database of its own, where the command has loaded the cities."""
    for app in cloned_app("portal_commands", databases.with_cities(), tmp_path):
        yield running(app)


def test_a_file_of_emails_is_imported(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text("Почта\nanna@demo.example\nivan@demo.example\n", encoding="cp1251")
    assert run("import-allowlist", str(file)).output == "2 addresses added.\n"
    assert run("import-allowlist", str(file)).output == "0 addresses added, 2 were on the list already.\n"


def test_an_unusable_file_is_refused_with_a_message(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "class.pdf"
    file.write_bytes(b"%PDF")
    result = run("import-allowlist", str(file))
    assert (result.exit_code, result.output) == (1, "Error: Only .xlsx and .csv files can be read.\n")


def test_demo_data_without_cities_is_refused_with_a_message(run: Run) -> None:
    result = run("seed-demo")
    assert (result.exit_code, result.output) == (1, "Error: Load the cities first: flask load-cities\n")


@pytest.mark.slow
def test_cities_and_demo_are_loaded_once(run_on_own_database: Run) -> None:
    run = run_on_own_database
    assert run("load-cities").output == "The cities are up to date.\n"
    assert run("seed-demo", "--people", "100", "--events", "5").output.startswith("Added 100 people and 5 events")
    assert run("seed-demo").output == "The demo is already there.\n"
