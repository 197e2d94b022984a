"""No module has the name of a standard library module, a builtin or an installed library.

The last part of the name decides: inside ``portal/web/`` a module ``locale`` is as confusing as at the top.
"""

from __future__ import annotations

import builtins
import importlib.metadata
import sys
from collections.abc import Iterable
from pathlib import Path

from config import ROOT

FOLDERS = ("portal", "tests", "bench", "migrations")
EXCEPTIONS = {
    "portal/web/http": "what pages need of HTTP; always imported by its full name",
}


def taken_names() -> set[str]:
    libraries = importlib.metadata.packages_distributions()
    return set(dir(builtins)) | set(sys.stdlib_module_names) | set(libraries)


def shadowing(paths: Iterable[str], taken: set[str]) -> list[str]:
    """Return the modules and packages, given as paths from the root, whose name is taken."""
    return [path for path in paths if Path(path).stem in taken and path not in EXCEPTIONS]


def modules_and_packages() -> list[str]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    paths = {path.parent if path.name == "__init__.py" else path for path in found}
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def test_no_module_has_a_taken_name() -> None:
    assert shadowing(modules_and_packages(), taken_names()) == []


def test_exceptions_exist() -> None:
    assert set(EXCEPTIONS) <= set(modules_and_packages())


def test_taken_names_are_found() -> None:
    paths = ["portal/web/locale.py", "portal/map.py", "portal/web/requests.py", "portal/http", "portal/web/locales.py"]
    assert shadowing(paths, taken_names()) == paths[:4]
