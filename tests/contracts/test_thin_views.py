"""Doors are thin: at most fifteen lines a view, and no database in them."""

from __future__ import annotations

import ast

from tests.contracts.sources import Module, functions, length, parse, portal_modules

MAX_LINES = 15
FORBIDDEN = {"session", "select", "commit", "insert", "update", "delete", "rollback", "flush"}
EXCEPTIONS: dict[str, str] = {}


def is_door(module: Module) -> bool:
    return bool(module.parts) and module.parts[0] in {"views", "api"} and module.room not in {"web", "api"}


def is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = {ast.unparse(decorator).split("(")[0] for decorator in function.decorator_list}
    return bool(decorators & {"access", "endpoint"})


def offences(modules: list[Module]) -> list[str]:
    wrong = []
    for module in filter(is_door, modules):
        for function in functions(module):
            where = f"{module.name}.{function.name}"
            if is_view(function) and length(function) > MAX_LINES and where not in EXCEPTIONS:
                wrong.append(f"{where} has {length(function)} lines")
        for node in ast.walk(module.tree):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in FORBIDDEN and ast.unparse(node).startswith(("db.", "session", "select", "sa.")):
                wrong.append(f"{module.name}:{node.lineno} touches the database: {ast.unparse(node)}")
    return wrong


def test_views_are_short_and_leave_the_database_alone() -> None:
    assert offences(portal_modules()) == []


def test_a_fat_view_is_found() -> None:
    body = "\n".join(f"    x{line} = {line}" for line in range(16))
    bad = parse("portal.events.views", f"@access(MEMBER)\ndef show():\n{body}\n")
    assert offences([bad]) == ["portal.events.views.show has 16 lines"]


def test_a_view_that_commits_is_found() -> None:
    bad = parse("portal.events.api", "def show():\n    db.session.commit()\n")
    assert any("db.session" in offence for offence in offences([bad]))
