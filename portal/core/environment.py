"""Access to the configuration of the running process."""

from __future__ import annotations

from flask import current_app

from config import Settings


def settings() -> Settings:
    """Return what the environment configures; what the office changes at run time is in ``portal.settings``."""
    environment: Settings = current_app.config["PORTAL"]
    return environment
