"""Every use of a library's private member stands here, and fails when the library changes it.

To add one, append a line to ``USES``. A member that the library documents although its name begins with an underscore
goes to ``DOCUMENTED``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import psycopg.errors
import pytest
import spectree

from portal.accounts.authentication.password_policy import estimate_guesses
from tests.contracts.imports import LOADERS
from tests.contracts.sources import Module, portal_modules


@dataclass(frozen=True)
class Use:
    """A private ``member`` of ``owner`` that ``module`` overrides, calls or reads; ``parameters`` if it is callable."""

    module: str
    owner: Any
    member: str
    parameters: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"{self.module}.{self.member}"


USES = (
    Use("portal.api.endpoint", spectree.SpecTree, "_add_model", ("self", "model", "mode")),
    Use("portal.api.endpoint", spectree.SpecTree, "_generate_spec", ("self",)),
    Use("portal.core.db.connections", psycopg.errors, "_WaitTimeout"),
)
DOCUMENTED = {
    "_exit": "os: ends a forked child",
    "_fields": "named tuples: the names of their fields",
    "_get_current_object": "Werkzeug: the object behind a proxy",
    "_mapping": "SQLAlchemy: a row by column name",
    "_replace": "named tuples: a changed copy",
    "_value_": "enum: the value of a member that __new__ makes",
}
ACCESSORS = {
    "getattr",
    "setattr",
    "delattr",
    "hasattr",
    "getattr_static",
    "attrgetter",
    "methodcaller",
    "__getattribute__",
    "__getattr__",
    "__setattr__",
    "__delattr__",
}
"""Functions that reach a member whose name they get."""

OWN_NAMESPACES = {"portal.core.manifest.vars": "the modules of the portal's own features"}
"""Where ``vars`` or ``__dict__`` is taken of our own objects."""


def is_private(name: str) -> bool:
    return name.startswith("_") and name != "_" and not name.startswith("__")


def is_type_only(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def opens_others(name: str) -> bool:
    return is_private(name) or name == "__dict__"


def is_own(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def accesses(tree: ast.AST) -> Iterator[str]:
    """Return private names that a module imports, or reads from anything but ``self``, ``cls`` and ``super()``.

    ``vars`` and ``__dict__`` count as private names, because they hold all private members.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and is_type_only(node):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            paths = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            yield from (name for path in paths for name in path.split(".") if is_private(name))
        if isinstance(node, ast.Attribute) and opens_others(node.attr) and not is_own(node.value):
            yield node.attr
        if isinstance(node, ast.Call):
            yield from accesses_by_name(node)
        yield from accesses(node)


def accesses_by_name(call: ast.Call) -> Iterator[str]:
    """Return the private names that a call of ``ACCESSORS`` or ``LOADERS`` gets as literals, and ``vars``."""
    called = ast.unparse(call.func).rpartition(".")[2]
    if any(map(is_own, call.args[:1])):
        return
    if called == "vars" and call.args:
        yield "vars"
    if called in ACCESSORS | LOADERS:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        texts = [arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        names = {name for text in texts for name in re.split(r"[.:]", text)}
        yield from sorted(name for name in names if opens_others(name))


def own_names(node: ast.ClassDef) -> set[str]:
    """Return the names that a class body defines, and those that its methods read from ``self``."""
    defined = {part.name for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)}
    assigned = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    read = {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"
    }
    return defined | assigned | read


def inherited(tree: ast.AST, loaded: object) -> Iterator[str]:
    """Return private members of foreign base classes that the classes of a module define again, or use as their own."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or not isinstance(own := getattr(loaded, node.name, None), type):
            continue
        foreign = [base for base in own.__mro__[1:] if base.__module__.split(".")[0] not in {"portal", "builtins"}]
        for name in own_names(node):
            if is_private(name) and any(name in vars(base) for base in foreign):
                yield name


def used(module: Module) -> set[str]:
    """Return the private members of others that a module uses."""
    loaded = importlib.import_module(module.name.removesuffix(".__init__"))
    return {*accesses(module.tree), *inherited(module.tree, loaded)} - DOCUMENTED.keys()


@pytest.mark.parametrize("use", USES, ids=str)
def test_a_private_member_is_as_it_was(use: Use) -> None:
    member = getattr(use.owner, use.member)
    if use.parameters is not None:
        assert tuple(inspect.signature(member).parameters) == use.parameters


@pytest.mark.whole_portal
def test_the_list_is_complete() -> None:
    found = {f"{module.name}.{member}" for module in portal_modules() for member in used(module)}
    assert found == set(map(str, USES)) | OWN_NAMESPACES.keys()


def test_uses_are_found() -> None:
    reads = "from lib._inner import x\nlib._call()\nself._own\na.b._read\nif TYPE_CHECKING:\n    import _typeshed\n"
    assert set(accesses(ast.parse(reads))) == {"_inner", "_call", "_read"}
    assert set(accesses(ast.parse("import lib._inner\nimport lib\n"))) == {"_inner"}
    source = "class Own(SpecTree):\n    def _add_model(self): return self._generate_spec() or self._ours()"
    loaded = SimpleNamespace(Own=type("Own", (spectree.SpecTree,), {"__module__": "portal.x.y"}))
    assert set(inherited(ast.parse(source), loaded)) == {"_add_model", "_generate_spec"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("getattr(lib, '_read', None)", ["_read"]),
        ("setattr(lib.thing, '_set', 1)", ["_set"]),
        ("object.__getattribute__(lib, '_read')", ["_read"]),
        ("operator.attrgetter('thing._read')", ["_read"]),
        ("import_module('lib._inner')", ["_inner"]),
        ("request.__dict__['files']", ["__dict__"]),
        ("request.__dict__.get('files')", ["__dict__"]),
        ("getattr(request, '__dict__')", ["__dict__"]),
        ("vars(request)['files']", ["vars"]),
        ("getattr(self, '_own'), vars(self), self.__dict__, vars(), getattr(lib, name), getattr(lib, 'read')", []),
    ],
)
def test_uses_by_name_are_found(source: str, found: list[str]) -> None:
    assert list(accesses(ast.parse(source))) == found


def test_zxcvbn_still_reads_the_undocumented_table_that_the_password_policy_empties() -> None:
    _guesses, parts = estimate_guesses("p@ssw0rd")
    assert [part["token"] for part in parts if part.get("l33t")] == []
