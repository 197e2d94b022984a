"""The alumni portal: one Flask application for pages, JSON and the bot.

Importing this package loads nothing: the supervisor lives beside the web processes and needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Settings
    from portal.application import PortalFlask


def create_app(settings: Settings | None = None) -> PortalFlask:
    """Build the application for ``settings`` (the process's environment by default); starts no thread.

    Raises ``RuntimeError`` when a view does not declare its access.
    """
    from portal.application import build  # here, so that the package itself stays light

    return build(settings)
