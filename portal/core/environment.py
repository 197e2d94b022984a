"""The typed settings of the running process, for rooms that need one of them."""

from __future__ import annotations

from flask import current_app

from config import Settings


def settings() -> Settings:
    """What the environment says; what the office can change lives in ``portal.settings``."""
    environment: Settings = current_app.config["PORTAL"]
    return environment
