"""Everything that templates take for granted: filters, menus, static addresses, the actor, the CSRF field."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.local import LocalProxy

from portal.core.access import current_actor
from portal.web import navigation, preferences
from portal.web.templating import filters

HUES = 12


def init_app(app: Flask) -> None:
    for room in (filters, navigation, preferences):
        room.init_app(app)
    app.jinja_env.globals.update(
        actor=LocalProxy(current_actor),
        csrf_field=csrf_field,
        my_initials=my_initials,
        my_hue=my_hue,
    )


def csrf_field() -> Markup:
    """The hidden field that every form without a form object carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def my_initials() -> str:
    actor = current_actor()
    return f"{actor.first_name[:1]}{actor.last_name[:1]}".upper()


def my_hue() -> int:
    """The same colour that stands for the person in every list."""
    return current_actor().id.int % HUES
