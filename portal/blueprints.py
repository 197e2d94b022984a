"""Table of contents: every blueprint, where it hangs, and nothing else registers one."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from portal.extensions import csrf

PAGES: tuple[tuple[str, str], ...] = (
    # one entry per line, in the order of the rooms
    ("portal.web.brand", ""),
    ("portal.web.preferences", "/preferences"),
    ("portal.accounts.views", ""),
    ("portal.accounts.self_service.views", ""),
    ("portal.files.views", ""),
    ("portal.profiles.views", ""),
    ("portal.follows.views", ""),
    ("portal.events.views", ""),
    ("portal.home.views", ""),
    ("portal.admin.views", ""),
    ("portal.admin.people_views", ""),
    ("portal.health.views", ""),
)
JSON: tuple[tuple[str, str], ...] = (
    ("portal.api.openapi", ""),
    ("portal.accounts.api", "/api/v1"),
    ("portal.accounts.self_service.api", "/api/v1"),
    ("portal.profiles.api", "/api/v1"),
    ("portal.cities.api", "/api/v1"),
    ("portal.follows.api", "/api/v1"),
    ("portal.events.api", "/api/v1"),
    ("portal.admin.api", "/api/v1"),
    ("portal.admin.people_api", "/api/v1"),
)
DEVELOPMENT: tuple[tuple[str, str], ...] = (
    # one entry per line, in the order of the rooms
    ("portal.api.api_docs", ""),
    ("portal.dev.components", "/dev"),
    ("portal.dev.mail", "/dev"),
    ("portal.dev.telegram", "/dev"),
)


def register_blueprints(app: Flask, *, development: bool) -> None:
    """Each entry is ``(module, prefix)``; the module's blueprint is called ``blueprint``.

    The JSON doors never read a cookie, so there is no request for another site to forge.
    """
    for module, prefix in PAGES + JSON + (DEVELOPMENT if development else ()):
        app.register_blueprint(import_module(module).blueprint, url_prefix=prefix or None)
    for module, _prefix in JSON:
        csrf.exempt(import_module(module).blueprint)
