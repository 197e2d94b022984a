"""Imports follow the order of the packages, form no circle, and leave the entry points of other features alone.

Entry points are the modules that hold views, endpoints, forms or schemas: those that are called so, and those in which
the running application finds a blueprint, a form or a schema.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from pydantic import BaseModel

from config import ROOT
from portal.application import PortalFlask
from portal.features import FEATURES
from portal.web.forms.base import PortalForm
from tests.contracts.imports import circles, graph_of, imported
from tests.contracts.running import classes_of, views_of
from tests.contracts.sources import Module, parse, portal_modules

FOUNDATION = {"core", "web", "api"}
"""What all features share: everybody may import its entry points. Among each other they have the order of all."""

COMPOSITION = {"application", "features", "runtime"}
"""What puts the features together: it imports them and not the reverse."""

COMPOSITION_MAY_BE_IMPORTED = {"portal.health.checks": "the readiness check asks the scheduler when it last ran"}

ENTRY_NAMES = {"views", "api", "forms", "schemas"}

SHARED_ENTRIES = {
    "portal.cities.picker": "a part of other features' forms, with the fields and the search of a city",
    "portal.profiles.forms.avatar": "a part of forms, with the fields of the cropper; also a sample component",
}
"""Modules with a form class from which other features derive their forms."""


def package_order() -> tuple[str, ...]:
    """Return the packages in the order in which they may import each other."""
    return FEATURES


def in_wrong_order(modules: list[Module]) -> list[str]:
    """Return the imports of packages that come later, and of what puts the packages together.

    A module that stands at the top level, such as ``portal.extensions``, has the place of ``core``.
    """
    rank = {package: place for place, package in enumerate(package_order())}
    wrong = []
    for module in modules:
        own = rank.get(module.package, rank["core"])
        for name in imported(module) if module.package not in COMPOSITION | {"__init__"} else ():
            package = name.split(".")[1]
            if package in COMPOSITION and module.name not in COMPOSITION_MAY_BE_IMPORTED:
                wrong.append(f"{module.name} imports {name}, which puts the features together")
            elif rank.get(package, -1) > own:
                wrong.append(f"{module.name} imports {name}, whose package comes later")
    return wrong


def entry_modules(app: PortalFlask) -> set[str]:
    """Return the modules that the application uses as entry points, whatever they are called."""
    names = {view.module for view in views_of(app)}
    names |= {blueprint.import_name for blueprint in app.blueprints.values()}
    names |= {cls.__module__ for base in (PortalForm, BaseModel) for cls in classes_of(base)}
    return {name for name in names if re.match(r"portal\.\w+\.", name)}


def entered(modules: list[Module], entries: set[str]) -> list[str]:
    """Return the imports of another feature's entry points."""
    wrong = []
    for module in modules:
        for name in imported(module) if module.package not in COMPOSITION else ():
            path = name.split(".")[1:]
            if path[0] in FOUNDATION | {module.package}:
                continue
            is_entry = bool(ENTRY_NAMES & set(path[1:])) or any(within(name, entry) for entry in entries)
            if is_entry and not any(within(name, shared) for shared in SHARED_ENTRIES):
                wrong.append(f"{module.name} imports {name}, an entry point of {path[0]}")
    return wrong


def within(name: str, module: str) -> bool:
    return f"{name}.".startswith(f"{module}.")


@pytest.mark.whole_portal
def test_imports_follow_the_order_of_the_packages() -> None:
    assert in_wrong_order(portal_modules()) == []


@pytest.mark.whole_portal
def test_every_package_has_its_place_in_the_order() -> None:
    packages = {module.package for module in portal_modules() if module.parts}
    assert packages - COMPOSITION <= set(package_order()) | FOUNDATION


def test_nobody_imports_the_entry_points_of_another_feature(whole_app: PortalFlask) -> None:
    assert entered(portal_modules(), entry_modules(whole_app)) == []


def test_entry_points_are_found_whatever_they_are_called(whole_app: PortalFlask) -> None:
    assert set(SHARED_ENTRIES) <= entry_modules(whole_app)
    assert len(entry_modules(whole_app)) >= 35


def test_imports_form_no_circle() -> None:
    assert circles(graph_of(portal_modules())) == []


def test_an_import_of_a_later_package_is_found() -> None:
    bad = parse("portal.accounts.services", "from portal.events.services import join\n")
    assert in_wrong_order([bad]) == [
        "portal.accounts.services imports portal.events.services.join, whose package comes later"
    ]


@pytest.mark.parametrize(
    ("module", "later"),
    [
        ("core.access", "web.forms"),
        ("core.access", "api.errors"),
        ("web.forms", "api.errors"),
        ("extensions", "web.http"),
    ],
)
def test_shared_packages_have_an_order_too(module: str, later: str) -> None:
    bad = parse(f"portal.{module}", f"import portal.{later}\n")
    assert in_wrong_order([bad]) == [f"portal.{module} imports portal.{later}, whose package comes later"]
    assert in_wrong_order([parse(f"portal.{later}", "from portal import extensions\n")]) == []


@pytest.mark.parametrize(
    "source",
    [
        "from importlib import import_module\nimport_module('portal.events.views')\n",
        "from importlib import import_module as load\nload('portal.events.views')\n",
        "import importlib\ndef later():\n    importlib.import_module(name='portal.events.views')\n",
        "__import__('portal.events.views')\n",
        "import pkgutil\npkgutil.resolve_name('portal.events:views')\n",
    ],
)
def test_an_import_by_name_is_found(source: str) -> None:
    bad = parse("portal.accounts.services", source)
    assert in_wrong_order([bad]) == ["portal.accounts.services imports portal.events.views, whose package comes later"]
    assert entered([bad], set()) == ["portal.accounts.services imports portal.events.views, an entry point of events"]


@pytest.mark.parametrize("path", ["portal/accounts/services.py", "tests/accounts/sample.py", "bench/sample.py"])
@pytest.mark.parametrize("source", ["from . import views\n", "from ..events import views\n"])
def test_ruff_refuses_relative_imports(path: str, source: str) -> None:
    ruff = [sys.executable, "-m", "ruff", "check", "--output-format=concise", "--stdin-filename", path, "-"]
    result = subprocess.run(ruff, input=source, capture_output=True, text=True, cwd=ROOT, check=False)
    assert f"{path}:1:1: TID252" in result.stdout


def test_an_import_of_the_runtime_is_found() -> None:
    bad = parse("portal.accounts.services", "from portal.runtime import scheduler\n")
    assert in_wrong_order([bad]) == [
        "portal.accounts.services imports portal.runtime.scheduler, which puts the features together"
    ]


@pytest.mark.parametrize("target", ["portal.profiles.forms", "portal.profiles.pages.views", "portal.profiles.cropper"])
def test_an_import_of_an_entry_point_is_found(target: str) -> None:
    bad = parse("portal.events.services", f"def later():\n    from {target} import Something\n")
    assert entered([bad], {"portal.profiles.cropper"}) == [
        f"portal.events.services imports {target}.Something, an entry point of profiles"
    ]


def test_a_circle_is_found() -> None:
    modules = [
        parse("portal.a", "from portal.b import one\n"),
        parse("portal.b", "def later():\n    import portal.c\n"),
        parse("portal.c", "from portal import a\nfrom portal.d import two\n"),
        parse("portal.d", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from portal.a import three\n"),
    ]
    assert circles(graph_of(modules)) == [["portal.a", "portal.b", "portal.c"]]
