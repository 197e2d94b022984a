"""The alumni portal: one Flask application for pages, JSON and the bot."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from config import ROOT, Settings, load
from portal.blueprints import register_blueprints
from portal.core import unit_of_work
from portal.extensions import babel, csrf, db, htmx, jwt, limiter, login_manager, mail, migrate

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PortalFlask(Flask):
    """Flask whose requests each run in one unit of work, committed before the response is made."""

    def dispatch_request(self) -> ResponseReturnValue:
        return unit_of_work.run(super().dispatch_request, writes=request.method not in READING_METHODS)


def create_app(settings: Settings | None = None) -> PortalFlask:
    """Build the application for ``settings`` (the process's environment by default); starts no thread."""
    settings = settings or load()
    app = PortalFlask(
        "portal", root_path=str(ROOT), template_folder="templates", static_folder="static", static_url_path="/static"
    )
    app.config.from_mapping(
        PORTAL=settings,
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TESTING=settings.environment == "TEST",
    )
    for extension in (db, login_manager, csrf, jwt, mail, babel, htmx, limiter):
        extension.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    register_blueprints(app, development=settings.is_development)
    return app
