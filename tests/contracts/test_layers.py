"""Imports go to the left only, and nobody enters a neighbour by the back door."""

from __future__ import annotations

import ast

from tests.contracts.sources import Module, parse, portal_modules

ORDER = (
    ("core", "web", "api"),
    ("audit",),
    ("settings",),
    ("outbox",),
    ("permissions",),
    ("accounts",),
    ("notifications",),
    ("files",),
    ("cities",),
    ("profiles",),
    ("directory",),
    ("follows",),
    ("events",),
    ("projects",),
    ("badges",),
    ("moderation",),
    ("telegram",),
    ("alumni_map",),
    ("home",),
    ("admin",),
    ("health",),
    ("dev",),
    ("demo",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
BELOW_ALL = {"extensions", "runtime"}
DOORS = {"views", "api", "forms", "schemas"}


def imported(module: Module) -> list[str]:
    """Every imported ``portal`` module outside ``if TYPE_CHECKING``."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name for name in found if name.startswith("portal.")]


def offences(modules: list[Module]) -> list[str]:
    wrong = []
    for module in modules:
        if module.room not in RANK:
            continue
        for name in imported(module):
            room, *rest = name.split(".")[1:]
            if room in BELOW_ALL or room == module.room:
                continue
            if RANK.get(room, len(ORDER)) > RANK[module.room]:
                wrong.append(f"{module.name} imports {name}, which is to its right")
            elif rest and rest[0] in DOORS and RANK[room] > 0:
                wrong.append(f"{module.name} enters {room} by its {rest[0]}")
    return wrong


def test_imports_go_to_the_left_only() -> None:
    assert offences(portal_modules()) == []


def test_an_import_to_the_right_is_found() -> None:
    bad = parse("portal.accounts.services", "from portal.events.services import join\n")
    assert offences([bad]) == ["portal.accounts.services imports portal.events.services.join, which is to its right"]


def test_a_neighbours_door_is_found() -> None:
    bad = parse("portal.events.services", "from portal.profiles.forms import ProfileForm\n")
    assert offences([bad]) == ["portal.events.services enters profiles by its forms"]
