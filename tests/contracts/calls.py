"""Which functions that a function calls or names write to the database, judged by what they do.

A name is resolved through the globals of the function that uses it; what cannot be resolved (a method of a value, a
parameter) counts as no use.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import types
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from tests.contracts.running import node_of

STATEMENTS = {"insert", "update", "delete"}
SESSION_METHODS = {"add", "add_all", "delete", "flush", "merge"}

RECORDS_OF_READING = {
    "portal.accounts.authentication.callers.record_use": "stores when a session was last used",
    "portal.audit.services.record_read": "records that the office has read something",
    "portal.files.services.read_variant": "stores the digest of a file that is read",
}
"""Functions whose writes only record that something was read; they do not make their callers writing functions."""


@cache
def writes(function: Callable[..., Any]) -> bool:
    """Return whether a function writes, or calls one of the application's functions that does, at any depth."""
    reached, waiting = {function}, [function] if name_of(function) not in RECORDS_OF_READING else []
    while waiting:
        calls = calls_of(waiting.pop())
        if any(map(is_write, calls)):
            return True
        callees = {
            callee for callee in calls.values() if callee is not None and name_of(callee) not in RECORDS_OF_READING
        } - reached
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
    found = value_of(call.func, caller)
    return found if isinstance(found, types.FunctionType) else None


def value_of(node: ast.AST, caller: Callable[..., Any]) -> Any:
    """Return what a name or a chain of attributes stands for in ``caller``, or None if it is unknown.

    Names are those of its globals and of the imports in its body.
    """
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    found: Any = local_imports(caller).get(node.id) or getattr(caller, "__globals__", {}).get(node.id)
    for name in names:
        found = inspect.getattr_static(found, name, None)
        found = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    return found


@cache
def local_imports(function: Callable[..., Any]) -> dict[str, Any]:
    """Return what a function imports by ``from portal.… import …`` in its body, by the name that it has there."""
    found = {}
    for node in ast.walk(node_of(function)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "portal":
            for alias in node.names:
                found[alias.asname or alias.name] = pkgutil.resolve_name(f"{node.module}.{alias.name}")
    return found


def service_calls(function: Callable[..., Any], view_modules: set[str]) -> int:
    """Return how many writing functions a view uses on the path where it uses most.

    To name a function counts like calling it, since a name can be handed on or called in a loop; what repeats counts
    twice. A function of ``view_modules`` is no service: what it uses itself counts instead.
    """
    return used_services(function, frozenset(view_modules), frozenset())


def used_services(function: Callable[..., Any], view_modules: frozenset[str], above: frozenset[object]) -> int:
    """Return what ``service_calls`` promises, without the functions ``above``, which are being counted already."""

    def count(node: ast.AST) -> int:
        if isinstance(node, ast.IfExp):
            return count(node.test) + max(count(node.body), count(node.orelse))
        if isinstance(node, ast.Name | ast.Attribute) and (value := value_of(node, function)) is not None:
            return weight(value)
        once = sum(map(count, ast.iter_child_nodes(node)))
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return 2 * once - count(node.generators[0].iter)
        return once

    def weight(value: Any) -> int:
        if isinstance(value, tuple | list | set | frozenset):
            return sum(map(weight, value))
        if isinstance(value, dict):
            return max(map(weight, value.values()), default=0)
        if not isinstance(value, types.FunctionType) or value in above:
            return 0
        if value.__module__ in view_modules:
            return used_services(inspect.unwrap(value), view_modules, above | {function, value})
        return int(writes(value))

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
        head = first.iter if isinstance(first, ast.For) else first.test
        return count(head) + 2 * most_on_a_path(first.body, count) + most_on_a_path([*first.orelse, *rest], count)
    if isinstance(first, ast.Return | ast.Raise):
        return count(first)
    return count(first) + most_on_a_path(rest, count)


def ends(statements: Sequence[ast.stmt]) -> bool:
    return bool(statements) and isinstance(statements[-1], ast.Return | ast.Raise)
