"""Access to the configuration of the running process."""

from __future__ import annotations

from flask import current_app

from config import Settings


def settings() -> Settings:
    """Return the configuration of the running application, as the environment set it when the process started.

    Values that the office changes while the portal runs are in ``portal.settings``.
    """
    environment: Settings = current_app.config["PORTAL"]
    return environment
