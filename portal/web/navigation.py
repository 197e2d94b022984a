"""The menus. An entry shows only where its page exists and its gate lets the reader in.

What a page demands is declared on its view alone, so a menu can never promise what a click refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.core.access import current_actor, gate_of
from portal.core.actor import Actor
from portal.core.errors import DomainError

Counter = Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """``covers`` are further endpoints, or whole blueprints as ``events.*``, on which the entry is the current one."""

    label: LazyString
    endpoint: str
    icon: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a template draws it."""

    label: str
    href: str
    icon: str
    is_current: bool
    count: int = 0


HOME = Entry(_("Home"), "home.index", icon="house")
MAP = Entry(_("Map"), "home.map", icon="geo-alt", covers=("home.city",))
EVENTS = Entry(_("Events"), "events.index", icon="calendar-event", covers=("events.*",))
PEOPLE = Entry(_("People"), "profiles.index", icon="people", covers=("profiles.show", "follows.*"))
ME = Entry(_("Me"), "profiles.me", icon="person", covers=("profiles.edit", "profiles.privacy", "account.*"))
PROJECTS = Entry(_("Projects"), "projects.index", icon="heart", covers=("projects.*",))

HEADER = (PEOPLE, MAP, EVENTS, PROJECTS)
BOTTOM = (HOME, PEOPLE, MAP, EVENTS, ME)
PERSONAL = (
    Entry(_("My profile"), "profiles.me", icon="person"),
    Entry(_("My events"), "events.mine", icon="calendar-check"),
    Entry(_("Edit profile"), "profiles.edit", icon="pencil"),
    Entry(_("Account"), "account.settings", icon="gear"),
    Entry(_("Privacy"), "profiles.privacy", icon="eye"),
    Entry(_("Security"), "account.security", icon="shield-lock"),
    Entry(_("Alumni office"), "admin.index", icon="briefcase"),
)
SETTINGS = (
    Entry(_("Profile"), "profiles.edit"),
    Entry(_("Account"), "account.settings", covers=("account.change_address", "account.confirm_address")),
    Entry(
        _("Security"),
        "account.security",
        covers=("account.prove", "account.password", "account.authenticator", "account.renew_recovery_codes"),
    ),
    Entry(_("Privacy"), "profiles.privacy"),
)
VISITOR = (Entry(_("Sign in"), "accounts.login"), Entry(_("Register"), "accounts.register"))
OFFICE = (
    Entry(_("Overview"), "admin.index"),
    Entry(_("To verify"), "admin.verification"),
    Entry(_("People"), "admin_people.index", covers=("admin_people.*",)),
    Entry(_("Allow list"), "admin.allow_list"),
    Entry(_("Events"), "admin.events"),
    Entry(_("Messages"), "admin.outbox"),
    Entry(_("Activity"), "admin.activity"),
    Entry(_("Settings"), "admin.settings"),
)

_counters: dict[str, Counter] = {}


def counts(endpoint: str) -> Callable[[Counter], Counter]:
    """Register how many things wait on the office page ``endpoint``; asked only for readers who may open it."""

    def register(counter: Counter) -> Counter:
        _counters[endpoint] = counter
        return counter

    return register


def may_open(endpoint: str, actor: Actor) -> bool:
    """Whether the page exists and its gate lets the actor in."""
    view = current_app.view_functions.get(endpoint)
    gate = gate_of(view) if view else None
    if gate is None:
        return False
    try:
        gate.access.check(actor)
    except DomainError:
        return False
    return True


def is_current(entry: Entry) -> bool:
    here = request.endpoint or ""
    return here == entry.endpoint or here in entry.covers or f"{here.partition('.')[0]}.*" in entry.covers


def shown(entries: tuple[Entry, ...]) -> list[Shown]:
    """What of the entries the reader gets, in their language."""
    actor = current_actor()
    return [
        Shown(str(entry.label), url_for(entry.endpoint), entry.icon, is_current(entry))
        for entry in entries
        if may_open(entry.endpoint, actor)
    ]


def header_menu() -> list[Shown]:
    return shown(HEADER)


def bottom_menu() -> list[Shown]:
    return shown(BOTTOM)


def personal_menu() -> list[Shown]:
    return shown(PERSONAL)


def settings_tabs() -> list[tuple[str, str, bool]]:
    """The pages of what a person can change about themselves, as the component of tabs takes them."""
    return [(entry.label, entry.href, entry.is_current) for entry in shown(SETTINGS)]


def visitor_menu() -> list[Shown]:
    return [entry for entry in shown(VISITOR) if not entry.is_current]


def office_menu() -> list[Shown]:
    """The sidebar of the office, with what waits on each page."""
    actor = current_actor()
    return [
        Shown(str(entry.label), url_for(entry.endpoint), entry.icon, is_current(entry), count=waiting(entry, actor))
        for entry in OFFICE
        if may_open(entry.endpoint, actor)
    ]


def waiting(entry: Entry, actor: Actor) -> int:
    counter = _counters.get(entry.endpoint)
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
