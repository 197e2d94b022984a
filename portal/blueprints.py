"""Table of contents: every blueprint, where it hangs, and nothing else registers one."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

PAGES: tuple[tuple[str, str], ...] = (("portal.media.views", ""),)
JSON: tuple[tuple[str, str], ...] = ()
DEVELOPMENT: tuple[tuple[str, str], ...] = ()


def register_blueprints(app: Flask, *, development: bool) -> None:
    """Each entry is ``(module, prefix)``; the module's blueprint is called ``blueprint``."""
    for module, prefix in PAGES + JSON + (DEVELOPMENT if development else ()):
        app.register_blueprint(import_module(module).blueprint, url_prefix=prefix or None)
