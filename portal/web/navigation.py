"""The menus, made of the entries in the manifests: one shows only where its page exists and lets the reader in.

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
class Shown:
    """An entry as a template draws it."""

    label: str
    href: str
    icon: str
    is_current: bool
    count: int = 0


def may_open(endpoint: str, actor: Actor) -> bool:
    """Whether the page exists and its gate lets the actor in."""
    view = current_app.view_functions.get(endpoint)
    gate = requirements_of(view) if view else None
    if gate is None:
        return False
    try:
        gate.access.check(actor)
    except DomainError:
        return False
    return True


def is_current(entry: MenuEntry) -> bool:
    here = request.endpoint or ""
    return here == entry.endpoint or here in entry.covers or f"{here.partition('.')[0]}.*" in entry.covers


def shown(menu: Menu) -> list[Shown]:
    """Return the entries of a menu that the reader may open, in their language."""
    actor = current_actor()
    return [
        Shown(str(entry.label), url_for(entry.endpoint), entry.icon, is_current(entry))
        for entry in registry().menus[menu]
        if may_open(entry.endpoint, actor)
    ]


def header_menu() -> list[Shown]:
    return shown(Menu.HEADER)


def bottom_menu() -> list[Shown]:
    return shown(Menu.BOTTOM)


def personal_menu() -> list[Shown]:
    return shown(Menu.PERSONAL)


def settings_tabs() -> list[tuple[str, str, bool]]:
    """The pages of what a person can change about themselves, as the component of tabs takes them."""
    return [(entry.label, entry.href, entry.is_current) for entry in shown(Menu.SETTINGS)]


def visitor_menu() -> list[Shown]:
    return [entry for entry in shown(Menu.VISITOR) if not entry.is_current]


def office_menu() -> list[Shown]:
    """The sidebar of the office, with what waits on each page."""
    actor = current_actor()
    return [
        Shown(str(entry.label), url_for(entry.endpoint), entry.icon, is_current(entry), count=waiting(entry, actor))
        for entry in registry().menus[Menu.OFFICE]
        if may_open(entry.endpoint, actor)
    ]


def waiting(entry: MenuEntry, actor: Actor) -> int:
    """Return how many things wait on the page of an entry."""
    counter = registry().counters.get(entry.endpoint)
    return counter(actor) if counter else 0


def home_url() -> str:
    """Where the name in the header leads: home for members, the landing page for everyone else."""
    endpoint = "home.index" if current_actor().is_authenticated else "home.landing"
    return url_for(endpoint) if has_endpoint(endpoint) else "/"


def has_endpoint(endpoint: str) -> bool:
    """Whether this portal has the page: those for developers do not exist in production."""
    return endpoint in current_app.view_functions


MENUS = (header_menu, bottom_menu, personal_menu, settings_tabs, visitor_menu, office_menu)


def init_app(app: Flask) -> None:
    for function in (*MENUS, home_url, has_endpoint):
        app.jinja_env.globals[function.__name__] = function
