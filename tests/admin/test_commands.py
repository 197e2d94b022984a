"""Commands of the office, of the cities and of the demo, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import cloned_app
from tests.support import databases


def running(app):
    """Run a command by its name, as ``flask`` does."""

    def run(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=words)

    return run


@pytest.fixture
def typed(app):
    return running(app)


@pytest.fixture
def typed_in_the_world(tmp_path: Path):
    """On a database of its own whose cities were loaded by the command."""
    for app in cloned_app("portal_commands", databases.with_cities(), tmp_path):
        yield running(app)


def test_a_file_of_addresses_is_imported(typed, tmp_path: Path):
    file = tmp_path / "class.csv"
    file.write_text("Почта\nanna@demo.example\nivan@demo.example\n", encoding="cp1251")
    assert typed("import-allowlist", str(file)).output == "2 addresses added.\n"
    assert typed("import-allowlist", str(file)).output == "0 addresses added, 2 were on the list already.\n"


def test_an_unusable_file_ends_with_a_sentence(typed, tmp_path: Path):
    file = tmp_path / "class.pdf"
    file.write_bytes(b"%PDF")
    result = typed("import-allowlist", str(file))
    assert (result.exit_code, result.output) == (1, "Error: Only .xlsx and .csv files can be read.\n")


def test_the_demo_without_cities_ends_with_a_sentence(typed):
    result = typed("seed-demo")
    assert (result.exit_code, result.output) == (1, "Error: Load the cities first: flask load-cities\n")


@pytest.mark.slow
def test_cities_and_demo_are_loaded_once(typed_in_the_world):
    typed = typed_in_the_world
    assert typed("load-cities").output == "The cities are up to date.\n"
    assert typed("seed-demo", "--people", "100", "--events", "5").output.startswith("Added 100 people and 5 events")
    assert typed("seed-demo").output == "The demo is already there.\n"
