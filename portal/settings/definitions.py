"""The definition of settings; each feature defines its own in its ``settings.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from config import Settings
from portal.core.manifest import Declaration

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Setting(Declaration, Generic[Value]):
    """A setting that the office can change while the portal runs.

    ``name`` is ``<feature>.<setting>``, as stored. ``type`` checks a new value. ``default`` takes from the
    configuration the value that is in force while none is stored.
    """

    name: str
    type: TypeAdapter[Value]
    default: Callable[[Settings], Value]


def switch(name: str, *, default: bool) -> Setting[bool]:
    """Return the definition of a setting that is on or off; ``default`` is in force while no value is stored."""
    return Setting(name, TypeAdapter(bool), lambda _environment: default)
