"""The menus, made of the entries in the manifests: an entry is shown only if its page exists and may be opened.

The access of a page is declared on its view alone, so that no menu has an entry that a click refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask, current_app, request, url_for

from portal.core.access import current_actor, requirements_of
from portal.core.actor import Actor
from portal.core.errors import DomainError
from portal.core.manifest import Menu, MenuEntry, registry
from portal.web.i18n.selection import language

LINKS = "menu_links"
"""The key of the links of all menus in ``app.extensions``."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a menu as a template renders it; ``count`` is how many things wait on its page."""

    label: str
    href: str
    icon: str
    is_current: bool
    count: int = 0


def may_open(endpoint: str, actor: Actor) -> bool:
    """Return whether the page of ``endpoint`` exists and the actor has its access."""
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
    """Return whether the current request is for the endpoint of the menu entry, or for one that the entry covers."""
    endpoint = request.endpoint or ""
    is_covered = endpoint in entry.covers or f"{endpoint.partition('.')[0]}.*" in entry.covers
    return endpoint == entry.endpoint or is_covered


class Link(NamedTuple):
    """An entry of a menu with its label in one language, and the path of its page."""

    entry: MenuEntry
    label: str
    href: str


def links(menu: Menu) -> tuple[Link, ...]:
    """Return the entries of a menu whose pages exist, in its order and in the language of the request.

    They are made once per language.
    """
    known: dict[tuple[Menu, str], tuple[Link, ...]] = current_app.extensions[LINKS]
    key = (menu, language())
    if key not in known:
        entries = (entry for entry in registry().menus[menu] if has_endpoint(entry.endpoint))
        known[key] = tuple(Link(entry, str(entry.label), url_for(entry.endpoint)) for entry in entries)
    return known[key]


def menu_items(menu: Menu) -> list[MenuItem]:
    """Return the items of a menu that the caller may open, in its order and in the language of the request."""
    actor = current_actor()
    return [
        MenuItem(label, href, entry.icon, is_current(entry))
        for entry, label, href in links(menu)
        if may_open(entry.endpoint, actor)
    ]


def header_menu() -> list[MenuItem]:
    """Return the items of the header that the caller may open."""
    return menu_items(Menu.HEADER)


def bottom_menu() -> list[MenuItem]:
    """Return the items of the bar at the bottom of small screens that the caller may open."""
    return menu_items(Menu.BOTTOM)


def personal_menu() -> list[MenuItem]:
    """Return the items of the menu of the signed-in person that the caller may open."""
    return menu_items(Menu.PERSONAL)


def settings_tabs() -> list[tuple[str, str, bool]]:
    """Return the tabs of the settings pages that the caller may open: label, URL, whether it is the current one."""
    return [(entry.label, entry.href, entry.is_current) for entry in menu_items(Menu.SETTINGS)]


def visitor_menu() -> list[MenuItem]:
    """Return the items of the menu for visitors that the caller may open, without that of the current page."""
    return [entry for entry in menu_items(Menu.VISITOR) if not entry.is_current]


def office_menu() -> list[MenuItem]:
    """Return the items of the office's sidebar that the caller may open, each with the count of what waits there."""
    actor = current_actor()
    return [
        MenuItem(label, href, entry.icon, is_current(entry), count=waiting(entry, actor))
        for entry, label, href in links(Menu.OFFICE)
        if may_open(entry.endpoint, actor)
    ]


def waiting(entry: MenuEntry, actor: Actor) -> int:
    """Return how many things wait for ``actor`` on the page of an entry; 0 for an entry without a counter."""
    counter = registry().counters.get(entry.endpoint)
    return counter(actor) if counter else 0


def home_url() -> str:
    """Return the URL of the link on the portal's name: home for members, the landing page for visitors.

    It is ``/`` if this portal has no such page.
    """
    endpoint = "home.index" if current_actor().is_authenticated else "home.landing"
    return url_for(endpoint) if has_endpoint(endpoint) else "/"


def has_endpoint(endpoint: str) -> bool:
    """Return whether this portal has the endpoint; those for developers do not exist in production."""
    return endpoint in current_app.view_functions


MENUS = (header_menu, bottom_menu, personal_menu, settings_tabs, visitor_menu, office_menu)


def init_app(app: Flask) -> None:
    """Make the menus, ``home_url`` and ``has_endpoint`` available in templates."""
    app.extensions[LINKS] = {}
    for function in (*MENUS, home_url, has_endpoint):
        app.jinja_env.globals[function.__name__] = function
