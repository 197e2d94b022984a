"""A plugin of pytest: run the tests of a portal that lacks one optional feature.

``WITHOUT_FEATURE=follows python -m pytest -p tests.support.without`` takes the feature off the list and makes its
package impossible to import. Tests of the feature itself, and those marked ``needs_feature`` or
``whole_portal``, are left out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

import portal.features

NAME = os.environ["WITHOUT_FEATURE"]
PACKAGE = f"portal.{NAME}"


class Removed:
    """A finder that finds nothing in the removed package, as if its folder were gone."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ``ModuleNotFoundError`` for the package and everything in it."""
        if fullname == PACKAGE or fullname.startswith(f"{PACKAGE}."):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


sys.meta_path.insert(0, Removed)
portal.features.FEATURES = tuple(name for name in portal.features.FEATURES if name != NAME)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the tests of the feature out: they import it."""
    return True if collection_path.name == NAME and collection_path.parent.name == "tests" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked as needing the feature."""
    needing = [item for item in items if needs_it(item)]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]


def needs_it(item: pytest.Item) -> bool:
    """Return whether a test needs the removed feature, or all of them."""
    named = any(NAME in mark.args for mark in item.iter_markers("needs_feature"))
    return named or item.get_closest_marker("whole_portal") is not None
