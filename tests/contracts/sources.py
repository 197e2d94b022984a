"""The project's own sources as syntax trees, for the checks that read code."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def package(self) -> str:
        """The package of a module: ``events`` for ``portal.events.services.joining``; at the top level its own name."""
        return self.name.split(".")[1]

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")[2:]


def parse(name: str, source: str, path: Path | None = None) -> Module:
    return Module(name, path or Path(name), ast.parse(source), source.count("\n"))


@cache
def portal_modules() -> list[Module]:
    """Return the modules of the application."""
    return modules_of((ROOT / "portal").rglob("*.py"))


@cache
def all_modules() -> list[Module]:
    """Return the modules of the application, its tests, its benchmarks, its migrations and of the top level."""
    packages = [path for name in ("tests", "bench", "migrations") for path in (ROOT / name).rglob("*.py")]
    return portal_modules() + modules_of([*packages, *ROOT.glob("*.py")])


def modules_of(paths: Iterable[Path]) -> list[Module]:
    """Return the modules that are written in files, sorted by path, without empty ``__init__.py`` files."""
    return [
        parse(".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text(), path)
        for path in sorted(paths)
        if path.name != "__init__.py" or path.read_text().strip()
    ]


def functions(module: Module) -> Iterator[Function]:
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Lines of the body without decorators, signature and docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
