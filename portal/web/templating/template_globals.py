"""The names that every template can use: filters, menus, preferences, the actor, the CSRF field."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import flask
from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.local import LocalProxy

from portal.core.access import current_actor
from portal.core.text import initials
from portal.web import navigation, preferences, undo
from portal.web.templating import filters

HUES = 12


def init_app(app: Flask) -> None:
    """Make the filters, menus, preferences, the actor and the functions of this module available in every template."""
    for module in (filters, navigation, preferences, undo):
        module.init_app(app)
    app.jinja_env.globals.update(
        actor=LocalProxy(current_actor),
        url_for=url_function(),
        csrf_field=csrf_field,
        my_initials=my_initials,
        my_hue=my_hue,
    )


def url_function() -> Callable[..., str]:
    """Return ``url_for`` for templates, which makes the path of an endpoint without arguments once.

    A page names some thirty of them, and making one costs as much as ten look-ups.
    """

    @cache
    def path_of(endpoint: str) -> str:
        return flask.url_for(endpoint)

    def url_for(endpoint: str, **values: Any) -> str:
        return flask.url_for(endpoint, **values) if values else path_of(endpoint)

    return url_for


def csrf_field() -> Markup:
    """Return the hidden CSRF field as HTML, for a form without a form object; it is the same in the whole request."""
    if "csrf_field" not in g:
        g.csrf_field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
    field: Markup = g.csrf_field
    return field


def my_initials() -> str:
    """Return the initials of the signed-in person, as lists of people show them; empty for a visitor."""
    actor = current_actor()
    return initials(actor.first_name, actor.last_name)


def my_hue() -> int:
    """Return the number of the colour behind the initials of the signed-in person, from 0 to 11.

    Lists of people choose the colour by the same rule. Raise ``LookupError`` for a visitor.
    """
    return current_actor().id.int % HUES
