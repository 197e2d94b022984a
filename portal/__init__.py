"""The alumni portal: one Flask application for pages, JSON and the bot.

Importing this package loads nothing: the supervisor lives beside the web processes and needs none of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Settings
    from portal.application import PortalFlask


def create_app(settings: Settings | None = None, features: Iterable[str] | None = None) -> PortalFlask:
    """Build the application for ``settings`` (the process's environment by default); starts no thread.

    ``features`` are names of packages in their order, all of ``portal.features`` by default. Raises ``ManifestError``
    when a manifest is wrong, and ``RuntimeError`` when a view does not declare its access.
    """
    from portal.application import build  # here, so that the package itself stays light
    from portal.features import FEATURES

    return build(settings, FEATURES if features is None else features)


def create_app_or_exit(settings: Settings) -> PortalFlask:
    """Build the application; for entry points: a wrong manifest ends the process with its sentence and status 2."""
    from portal.core.manifest import ManifestError

    try:
        return create_app(settings)
    except ManifestError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
