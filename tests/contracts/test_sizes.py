"""No package level above 20 modules, no module above 350 lines, no function above 50."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from config import ROOT
from tests.contracts.sources import Module, all_modules, functions, parse

MODULES_MAX = 20
MODULE_MAX = 350
FUNCTION_MAX = 50
MIGRATIONS = "migrations.versions."  # without a limit: a migration is one script
EXCEPTIONS: dict[str, str] = {}


def too_long(modules: list[Module]) -> list[str]:
    """Return the modules and functions with too many lines."""
    wrong = []
    for module in modules:
        if module.name.startswith(MIGRATIONS):
            continue
        if module.lines > MODULE_MAX and module.name not in EXCEPTIONS:
            wrong.append(f"{module.name} has {module.lines} lines")
        for function in functions(module):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_MAX and f"{module.name}.{function.name}" not in EXCEPTIONS:
                wrong.append(f"{module.name}.{function.name} has {lines} lines")
    return wrong


def overfull(paths: Iterable[PurePath]) -> list[str]:
    """Return the folders with too many modules of their own; packages inside them do not count."""
    modules = Counter(path.parent for path in paths if path.name != "__init__.py")
    return [f"{folder} has {count} modules" for folder, count in modules.items() if count > MODULES_MAX]


def test_modules_and_functions_stay_small() -> None:
    assert too_long(all_modules()) == []
    assert len(EXCEPTIONS) <= 10


def test_modules_outside_the_application_are_seen() -> None:
    seen = {module.name for module in all_modules()}
    own = {"portal.application", "bench.__main__", "migrations.env", "config", "wsgi", "gunicorn.conf", __name__}
    assert own <= seen, own - seen


def test_package_levels_stay_small() -> None:
    folders = ("portal", "tests", "bench")
    assert overfull(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py")) == []


def test_a_long_function_is_found() -> None:
    bad = parse("portal.x.y", "def long():\n" + "    a = 1\n" * 51)
    assert too_long([bad]) == ["portal.x.y.long has 52 lines"]


def test_a_long_module_is_found() -> None:
    assert too_long([parse("portal.x.y", "a = 1\n" * 351)]) == ["portal.x.y has 351 lines"]
    assert too_long([parse("tests.x.test_y", "a = 1\n" * 351)]) == ["tests.x.test_y has 351 lines"]


def test_only_migrations_may_be_long() -> None:
    assert too_long([parse("migrations.versions.0001_initial", "a = 1\n" * 351)]) == []
    assert too_long([parse("migrations.env", "a = 1\n" * 351)]) == ["migrations.env has 351 lines"]


def test_an_overfull_package_is_found() -> None:
    paths = [PurePath(f"portal/full/module{number}.py") for number in range(21)]
    assert overfull([*paths, PurePath("portal/other/one.py")]) == ["portal/full has 21 modules"]
