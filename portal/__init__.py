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
    """Return the application for ``settings``, read from the environment by default, without starting a thread.

    ``features`` are the names of packages in their order, by default those of ``portal.features``. Raise
    ``SettingsError`` for a wrong environment, ``ManifestError`` for a wrong manifest, and ``RuntimeError`` for a view
    that does not declare its access.
    """
    from portal.application import build  # here, so that the package itself stays light
    from portal.features import FEATURES

    return build(settings, FEATURES if features is None else features)


def create_app_or_exit(settings: Settings) -> PortalFlask:
    """Return the application of all features for ``settings``, for the entry points of processes.

    If a manifest is wrong, write the error to stderr and exit with status 2.
    """
    from portal.core.manifest import ManifestError

    try:
        return create_app(settings)
    except ManifestError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
