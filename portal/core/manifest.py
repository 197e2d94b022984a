"""Manifests, in which features declare themselves, and the registry of all declarations of an application.

Each package of ``portal/`` has a ``feature.py`` with one ``Feature``; ``portal.features`` lists the packages in order.
Declarations name modules and functions of their own package (``"views"``, ``"jobs:purge"``), so that reading a manifest
imports neither views nor jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Self

from flask import Blueprint, current_app

from config import Settings
from portal.core.access import Access
from portal.core.extension_points import EXTENSION, ExtensionPoint


class ManifestError(Exception):
    """Error in a manifest, at which the application refuses to start; its text is a sentence naming the feature."""


@dataclass(frozen=True, slots=True)
class Views:
    """A blueprint, and the access of those of its views that declare none themselves.

    ``reference`` is ``module:name``, or a module alone whose blueprint is called ``blueprint``. ``also`` are further
    modules that add views to it. ``prefix`` begins the paths of its URLs.
    """

    reference: str
    access: Access | None = None
    prefix: str = ""
    also: tuple[str, ...] = ()
    only_in_development: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job: ``function`` names a ``run(now) -> count``, called about ``every`` so often in some process."""

    name: str
    function: str
    every: timedelta


@dataclass(frozen=True, slots=True)
class Command:
    """A command of ``flask``; for one that needs the database, the embedded one is started where none runs."""

    name: str
    function: str
    needs_database: bool = True


class Menu(StrEnum):
    """The menus of the pages."""

    HEADER = "header"
    BOTTOM = "bottom"
    PERSONAL = "personal"
    SETTINGS = "settings"
    VISITOR = "visitor"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A link to ``endpoint`` in one or several menus, each with its position there, smallest first.

    ``covers`` are further endpoints, or whole blueprints as ``events.*``, on which the entry is the current one.
    ``counter`` names a function that takes the actor and returns how many things wait on the page of the entry.
    """

    label: object
    endpoint: str
    menus: Mapping[Menu, int]
    icon: str = ""
    covers: tuple[str, ...] = ()
    counter: str = ""


class AuditAction(StrEnum):
    """Base of a feature's enumeration of audit actions; each member is ``<feature>.<verb>`` and a label.

    ``changes_status``: the action changes the status of an account, and is shown in the history on the account's page.
    ``while_waiting``: it is open to people who wait for the office; all others are refused to them.
    """

    label: object
    changes_status: bool
    while_waiting: bool

    def __new__(cls, value: str, label: object, changes_status: bool = False, while_waiting: bool = False) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.changes_status = changes_status
        member.while_waiting = while_waiting
        return member


class Declaration:
    """Base of the objects that a feature declares in a module of its own: kinds of message and settings."""

    __slots__ = ()

    name: str


@dataclass(frozen=True, kw_only=True)
class Feature:
    """The manifest of one package; every field but the name may be left out.

    ``name`` is that of the package below ``portal``. ``models``, ``messages`` and ``settings`` are modules with
    tables, kinds of message, and settings that the office can change; ``audit_actions`` is the feature's enumeration.
    ``picture_rules`` say by purpose who may see a picture. ``event_handlers`` are called inside the transaction that
    publishes an event of that type. ``implements`` are functions for extension points of lower features.
    ``setup`` steps take the environment's settings and prepare the database before the first request, each in its own
    transaction. ``background`` functions run in a thread of their own in each process that runs jobs; they take the
    application, an event that asks them to stop, and a function to call as a sign of life.
    """

    name: str
    pages: tuple[Views, ...] = ()
    api: tuple[Views, ...] = ()
    models: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    commands: tuple[Command, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    audit_actions: type[AuditAction] | None = None
    picture_rules: Mapping[str, str] = field(default_factory=dict)
    event_handlers: Mapping[type[Any], tuple[str, ...]] = field(default_factory=dict)
    implements: Mapping[ExtensionPoint[Any], str] = field(default_factory=dict)
    setup: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    package: str = ""

    def module(self, name: str) -> ModuleType:
        """Import and return a module of the feature; raise ``ManifestError`` if it does not exist."""
        path = self.path(name)
        try:
            return import_module(path)
        except ModuleNotFoundError as error:
            if error.name is not None and (path == error.name or path.startswith(f"{error.name}.")):
                raise self.error(f"there is no module {path}") from None
            raise

    def function(self, reference: str) -> Callable[..., Any]:
        """Import and return the function that ``module:name`` names; raise ``ManifestError`` if it does not exist."""
        module, _, name = reference.partition(":")
        if not module or not name:
            raise self.error(f"“{reference}” is not module:name")
        found: Callable[..., Any] | None = getattr(self.module(module), name, None)
        if not callable(found):
            raise self.error(f"{self.path(module)} has no {name}")
        return found

    def has_module(self, name: str) -> bool:
        """Return whether the feature has the module ``name``, without importing it."""
        try:
            return find_spec(self.path(name)) is not None
        except ModuleNotFoundError:  # a package above it is missing
            return False

    def blueprint(self, views: Views) -> Blueprint:
        """Import and return the blueprint of ``views``; raise ``ManifestError`` if it does not exist."""
        module, _, name = views.reference.partition(":")
        found = getattr(self.module(module), name or "blueprint", None)
        if not isinstance(found, Blueprint):
            raise self.error(f"{self.path(module)} has no {name or 'blueprint'}")
        return found

    def path(self, module: str) -> str:
        """Return the full dotted name of a module of the feature."""
        return f"{self.package or f'portal.{self.name}'}.{module}"

    def error(self, complaint: str) -> ManifestError:
        """Return, without raising it, a ``ManifestError`` that says ``complaint`` and names this feature."""
        return ManifestError(f"The manifest of {self.name} is wrong: {complaint}.")


class Registry:
    """All declarations of the features that one application has, in the order of the features.

    Making one raises ``ManifestError`` for the first wrong declaration: a module or function that does not exist, a
    name that is empty or declared twice, a blueprint without access.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        self._names: set[str] = set()
        self._check_views()
        self._check_what_is_imported_later()
        for feature in self.features:
            for module in feature.models:
                feature.module(module)
        self.jobs = self._jobs()
        self.settings = self._declared("setting", lambda feature: feature.settings)
        self.message_kinds = self._declared("kind of message", lambda feature: feature.messages)
        self.audit_actions = self._audit_actions()
        self.picture_rules = self._by_key("rule for pictures", lambda feature: feature.picture_rules)
        self.implementations = self._by_key("implementation", lambda feature: feature.implements)
        self.event_handlers = self._event_handlers()
        self.counters = {
            entry.endpoint: feature.function(entry.counter)
            for feature in self.features
            for entry in feature.menu
            if entry.counter
        }
        self.background = tuple(feature.function(name) for feature in self.features for name in feature.background)

    def has(self, name: str) -> bool:
        """Return whether the application has the feature ``name``."""
        return any(feature.name == name for feature in self.features)

    def setup_steps(self) -> Iterator[Callable[[Settings], None]]:
        """Import and yield the functions that prepare a database before the first request, in order of the features.

        They take the configuration. They are imported only now, because no web process needs them.
        """
        for feature in self.features:
            for reference in feature.setup:
                yield feature.function(reference)

    @cached_property
    def commands(self) -> dict[str, tuple[Feature, Command]]:
        """Every command by name, with the feature that it belongs to; its function is not imported for it."""
        return {command.name: (feature, command) for feature in self.features for command in feature.commands}

    @cached_property
    def menus(self) -> dict[Menu, tuple[MenuEntry, ...]]:
        """The entries of each menu, sorted by their positions in it."""
        entries = [entry for feature in self.features for entry in feature.menu]
        return {
            menu: tuple(sorted((one for one in entries if menu in one.menus), key=lambda one: one.menus[menu]))
            for menu in Menu
        }

    def _check_views(self) -> None:
        for feature in self.features:
            for views in (*feature.pages, *feature.api):
                if views.access is None:
                    raise feature.error(f"{views.reference} has no access")
                for module in views.also:
                    feature.module(module)
                self._claim(feature, "blueprint", feature.blueprint(views).name)

    def _check_what_is_imported_later(self) -> None:
        for feature in self.features:
            for command in feature.commands:
                self._claim(feature, "command", command.name)
            for reference in (*(command.function for command in feature.commands), *feature.setup):
                if not feature.has_module(reference.partition(":")[0]):
                    raise feature.error(f"there is no module {feature.path(reference.partition(':')[0])}")

    def _claim(self, feature: Feature, kind: str, name: str) -> None:
        """Record that ``kind`` has ``name``; raise ``ManifestError`` if the name is empty or already recorded."""
        if not name.strip():
            raise feature.error(f"the name of a {kind} is missing".replace("a audit", "an audit"))
        if f"{kind} {name}" in self._names:
            raise feature.error(f"the {kind} {name} is declared twice")
        self._names.add(f"{kind} {name}")

    def _jobs(self) -> dict[str, tuple[Job, Callable[[datetime], int]]]:
        found = {}
        for feature in self.features:
            for job in feature.jobs:
                self._claim(feature, "job", job.name)
                if job.every <= timedelta(0):
                    raise feature.error(f"the job {job.name} has no interval")
                found[job.name] = (job, feature.function(job.function))
        return found

    def _declared(self, kind: str, modules: Callable[[Feature], tuple[str, ...]]) -> dict[str, Any]:
        """Return the declarations of all given modules by name, without those that a module imports from another."""
        found: dict[str, Any] = {}
        for feature in self.features:
            for one in (one for module in modules(feature) for one in vars(feature.module(module)).values()):
                if isinstance(one, Declaration) and found.get(one.name) is not one:
                    self._claim(feature, kind, one.name)
                    found[one.name] = one
        return found

    def _audit_actions(self) -> dict[str, AuditAction]:
        found: dict[str, AuditAction] = {}
        for feature in self.features:
            for name, action in (feature.audit_actions.__members__ if feature.audit_actions else {}).items():
                if name != action.name:  # an enumeration takes a repeated value for another name of the first
                    raise feature.error(f"the audit action {action.value} is declared twice")
                self._claim(feature, "audit action", action.value)
                if not str(action.label):
                    raise feature.error(f"the audit action {action.value} has no label")
                found[action.value] = action
        return found

    def _by_key(self, kind: str, declared: Callable[[Feature], Mapping[Any, str]]) -> dict[Any, Callable[..., Any]]:
        found: dict[Any, Callable[..., Any]] = {}
        for feature in self.features:
            for key, reference in declared(feature).items():
                if key in found:
                    raise feature.error(f"the {kind} {getattr(key, 'name', key)} is declared twice")
                found[key] = feature.function(reference)
        return found

    def _event_handlers(self) -> dict[type[Any], tuple[Callable[[Any], None], ...]]:
        found: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}
        for feature in self.features:
            for event, references in feature.event_handlers.items():
                found[event] = (*found.get(event, ()), *map(feature.function, references))
        return found


def load(names: Iterable[str], package: str = "portal") -> Registry:
    """Import the manifests of the named packages below ``package``, check them together, and return their registry.

    Raise ``ManifestError`` for a package without a manifest and for every declaration that ``Registry`` refuses.
    """
    return Registry(_manifest(name, package) for name in names)


def _manifest(name: str, package: str) -> Feature:
    path = f"{package}.{name}.feature"
    try:
        found: Feature = import_module(path).feature
    except ModuleNotFoundError as error:
        if error.name is None or not (path == error.name or path.startswith(f"{error.name}.")):
            raise
        raise ManifestError(f"There is no manifest {path}.") from None
    return found


def registry() -> Registry:
    """Return the registry of the running application: all declarations of its features."""
    current: Registry = current_app.extensions[EXTENSION]
    return current
