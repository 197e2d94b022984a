"""Functions that a lower feature calls and a higher one implements, so that imports keep their direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from flask import current_app

Function = TypeVar("Function", bound=Callable[..., Any])

EXTENSION = "features"
"""The key of the application's registry of features in ``app.extensions``."""


class ExtensionPoint(Generic[Function]):
    """A function that a lower feature calls and a higher one implements; ``default`` stands in where none does."""

    def __init__(self, name: str, default: Function | None = None) -> None:
        self.name = name
        self.default = default

    @property
    def implementation(self) -> Function:
        """Return the function that a feature of the running application declares for this point, else the default.

        Raise ``LookupError`` if there is neither.
        """
        found: Function | None = current_app.extensions[EXTENSION].implementations.get(self, self.default)
        if found is None:
            raise LookupError(f"no feature implements {self.name}")
        return found
