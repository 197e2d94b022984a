"""The views, modules, forms and schemas of the running application, for the checks that must see all of them.

What is checked is found from the application's URL map and from the classes that importing it has defined, so that no
name of a file decides whether it is seen.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import flask

from tests.contracts.sources import Function, Module, parse


@dataclass(frozen=True)
class View:
    """A view function without its decorators, and the methods of its rules."""

    endpoint: str
    function: Callable[..., Any]
    methods: frozenset[str]

    @property
    def module(self) -> str:
        return self.function.__module__

    @property
    def name(self) -> str:
        return f"{self.module}.{self.function.__qualname__}"

    @property
    def node(self) -> Function:
        return node_of(self.function)


def views_of(app: flask.Flask) -> list[View]:
    """Return every view function of the application, unwrapped, in the order of the endpoints."""
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update(rule.methods or ())
    return [
        View(endpoint, inspect.unwrap(view), frozenset(methods.get(endpoint, ())))
        for endpoint, view in sorted(app.view_functions.items())
    ]


def node_of(function: Callable[..., Any]) -> Function:
    """Return the syntax tree of a function, found through its source."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), f"{function} is no function of ours"
    return node


def modules_with(views: list[View]) -> list[Module]:
    """Return the modules that define the views, each once."""
    return [parse(name, inspect.getsource(sys.modules[name])) for name in sorted({view.module for view in views})]


def classes_of(base: type, package: str = "portal") -> list[type[Any]]:
    """Return the subclasses of ``base``, at any depth, that the modules of ``package`` define, sorted by name."""
    own = {name_of(found): found for found in descendants(base) if found.__module__.startswith(f"{package}.")}
    return [own[name] for name in sorted(own)]


def name_of(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def descendants(base: type) -> Iterator[type[Any]]:
    children: list[type[Any]] = type.__subclasses__(base)
    for cls in children:
        yield cls
        yield from descendants(cls)
