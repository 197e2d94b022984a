"""Which calls of a function write to the database, judged by what the called functions do.

A call is resolved through the globals of the function that makes it; what cannot be resolved (a method of a value, a
parameter) counts as no call.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from tests.contracts.running import node_of

STATEMENTS = {"insert", "update", "delete"}
SESSION_METHODS = {"add", "add_all", "delete", "flush", "merge"}


@cache
def writes(function: Callable[..., Any]) -> bool:
    """Return whether a function writes, or calls one of the application's functions that does, at any depth."""
    reached, waiting = {function}, [function]
    while waiting:
        calls = calls_of(waiting.pop())
        if any(map(is_write, calls)):
            return True
        callees = {callee for callee in calls.values() if callee is not None} - reached
        reached |= callees
        waiting += callees
    return False


@cache
def calls_of(function: Callable[..., Any]) -> dict[ast.Call, Callable[..., Any] | None]:
    """Return the calls in a function of the application, each with the function that it calls, if that is known."""
    function = inspect.unwrap(function)
    if not function.__module__.startswith("portal.") or function.__name__ == "<lambda>":
        return {}
    return {call: resolve(call, function) for call in ast.walk(node_of(function)) if isinstance(call, ast.Call)}


def is_write(call: ast.Call) -> bool:
    """Return whether a call is a statement that writes, or hands an object to the session."""
    name = ast.unparse(call.func)
    owner, _dot, last = name.rpartition(".")
    if owner.endswith("session"):
        return last in SESSION_METHODS
    return owner in {"", "sa"} and last in STATEMENTS


def resolve(call: ast.Call, caller: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return the called function, or None where it cannot be known from the source."""
    names: list[str] = []
    node = call.func
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    found: Any = getattr(caller, "__globals__", {}).get(node.id)
    for name in names:
        found = inspect.getattr_static(found, name, None)
    return found if isinstance(found, types.FunctionType) else None


def service_calls(function: Callable[..., Any], ignored: set[str]) -> int:
    """Return how many writing functions a view calls on the path where it calls most.

    ``ignored`` names functions that do not count, or modules of which none does.
    """

    def count(node: ast.AST) -> int:
        if isinstance(node, ast.IfExp):
            return count(node.test) + max(count(node.body), count(node.orelse))
        own = False
        if isinstance(node, ast.Call):
            callee = resolve(node, function)
            own = callee is not None and not {callee.__module__, name_of(callee)} & ignored and writes(callee)
        return own + sum(map(count, ast.iter_child_nodes(node)))

    return most_on_a_path(node_of(function).body, count)


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def most_on_a_path(statements: Sequence[ast.stmt], count: Callable[[ast.AST], int]) -> int:
    """Return the most of what ``count`` counts in a node that one run through the statements can meet."""
    if not statements:
        return 0
    first, rest = statements[0], statements[1:]
    if isinstance(first, ast.If):
        branches = [
            most_on_a_path(branch if ends(branch) else [*branch, *rest], count) for branch in (first.body, first.orelse)
        ]
        return count(first.test) + max(branches)
    if isinstance(first, ast.With):
        return sum(map(count, first.items)) + most_on_a_path([*first.body, *rest], count)
    if isinstance(first, ast.For | ast.While):
        return 2 * most_on_a_path(first.body, count) + most_on_a_path(rest, count)
    if isinstance(first, ast.Return | ast.Raise):
        return count(first)
    return count(first) + most_on_a_path(rest, count)


def ends(statements: Sequence[ast.stmt]) -> bool:
    return bool(statements) and isinstance(statements[-1], ast.Return | ast.Raise)
