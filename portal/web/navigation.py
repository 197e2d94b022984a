"""The menus, made of the entries in the manifests: an entry is shown only if its page exists and may be opened.

What a page demands is declared on its view alone, so a menu can never promise what a click refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from portal.core.access import current_actor, requirements_of
from portal.core.actor import Actor
from portal.core.errors import DomainError
from portal.core.manifest import Menu, MenuEntry, registry


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as a template renders it; ``count`` is how many things wait on its page."""

    label: str
    href: str
    icon: str
    is_current: bool
    count: int = 0


def may_open(endpoint: str, actor: Actor) -> bool:
    """Return whether the page exists and the actor has its access."""
    view = current_app.view_functions.get(endpoint)
    requirements = requirements_of(view) if view else None
    if requirements is None:
        return False
    try:
        requirements.access.check(actor)
    except DomainError:
        return False
    return True


def is_current(entry: MenuEntry) -> bool:
    """Return whether the entry stands for the page of this request."""
    endpoint = request.endpoint or ""
    is_covered = endpoint in entry.covers or f"{endpoint.partition('.')[0]}.*" in entry.covers
    return endpoint == entry.endpoint or is_covered


def menu_items(menu: Menu) -> list[MenuItem]:
    """Return the entries of a menu that the caller may open, in the language of the request."""
    actor = current_actor()
    return [
        MenuItem(str(entry.label), url_for(entry.endpoint), entry.icon, is_current(entry))
        for entry in registry().menus[menu]
        if may_open(entry.endpoint, actor)
    ]


def header_menu() -> list[MenuItem]:
    return menu_items(Menu.HEADER)


def bottom_menu() -> list[MenuItem]:
    return menu_items(Menu.BOTTOM)


def personal_menu() -> list[MenuItem]:
    return menu_items(Menu.PERSONAL)


def settings_tabs() -> list[tuple[str, str, bool]]:
    """Return the tabs of the settings pages: label, URL, whether it is the current one."""
    return [(entry.label, entry.href, entry.is_current) for entry in menu_items(Menu.SETTINGS)]


def visitor_menu() -> list[MenuItem]:
    return [entry for entry in menu_items(Menu.VISITOR) if not entry.is_current]


def office_menu() -> list[MenuItem]:
    """Return the sidebar of the office, with the number of things that wait on each page."""
    actor = current_actor()
    return [
        MenuItem(str(entry.label), url_for(entry.endpoint), entry.icon, is_current(entry), count=waiting(entry, actor))
        for entry in registry().menus[Menu.OFFICE]
        if may_open(entry.endpoint, actor)
    ]


def waiting(entry: MenuEntry, actor: Actor) -> int:
    """Return how many things wait on the page of an entry."""
    counter = registry().counters.get(entry.endpoint)
    return counter(actor) if counter else 0


def home_url() -> str:
    """Return the URL of the name in the header: home for members, else the landing page."""
    endpoint = "home.index" if current_actor().is_authenticated else "home.landing"
    return url_for(endpoint) if has_endpoint(endpoint) else "/"


def has_endpoint(endpoint: str) -> bool:
    """Return whether this portal has the page; those for developers do not exist in production."""
    return endpoint in current_app.view_functions


MENUS = (header_menu, bottom_menu, personal_menu, settings_tabs, visitor_menu, office_menu)


def init_app(app: Flask) -> None:
    for function in (*MENUS, home_url, has_endpoint):
        app.jinja_env.globals[function.__name__] = function
