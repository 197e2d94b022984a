"""What the modules of the application import, and whether imports form a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Set

from tests.contracts.sources import Module

Graph = Mapping[str, Set[str]]

LOADERS = {"import_module", "__import__", "import_string", "resolve_name"}
"""Functions that import the module whose name they get: of importlib, the builtins, Werkzeug and pkgutil."""


def imported(module: Module) -> list[str]:
    """Return every name of ``portal`` that a module imports when it runs, in functions too.

    A literal name that is given to one of ``LOADERS`` counts. Relative imports do not: ruff refuses them (TID252).
    """
    found: list[str] = []
    for node in executed(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name for name in [*found, *loaded_by_name(module.tree)] if name.startswith("portal.")]


def loaded_by_name(tree: ast.AST) -> list[str]:
    """Return the literal names that a module imports by a call of one of ``LOADERS``, renamed ones too."""
    nodes = list(executed(tree))
    renamed = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in LOADERS
    }
    found: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in LOADERS | renamed:
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords)]
            literals = [arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            found += [name.replace(":", ".") for name in literals]
    return found


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Return all nodes outside ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")):
            yield node
            yield from executed(node)


def graph_of(modules: Iterable[Module]) -> Graph:
    """Return which modules each module imports; a name within a module counts as that module."""
    by_name = {module.name.removesuffix(".__init__"): module for module in modules}
    return {
        name: {target for full in imported(module) if (target := module_of(full, by_name)) not in {"", name}}
        for name, module in by_name.items()
    }


def module_of(name: str, modules: Mapping[str, Module]) -> str:
    """Return the module that holds an imported name: itself, or the package or module that it is taken from."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def circles(graph: Graph) -> list[list[str]]:
    """Return the groups of modules that all import each other, directly or through others."""
    reached = {name: reachable(graph, name) for name in graph}
    groups = {frozenset(other for other in found if name in reached[other]) for name, found in reached.items()}
    return sorted(sorted(group) for group in groups if group)


def reachable(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        following = graph.get(waiting.pop(), set()) - found
        found |= following
        waiting += following
    return found
