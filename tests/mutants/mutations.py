"""Find the small faults that can be put into a module: each is a span of its source and the text that replaces it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# What a wrong comparison would say: first the other side of the boundary, then the opposite.
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
# Leaving these out changes nothing that anybody could notice, or only what a log says.
UNOBSERVED_CALLS = {"debug", "info", "warning", "exception", "flush"}
CONDITIONS = {"where", "filter", "and_", "or_", "having"}


@dataclass(frozen=True)
class Mutant:
    """One fault: in the file ``path`` the bytes from ``start`` to ``end`` become ``text``.

    ``line`` is where it stands, ``statement`` the first and last line of the smallest statement around it.
    """

    path: str
    line: int
    statement: tuple[int, int]
    start: int
    end: int
    text: str
    change: str

    def apply(self, root: Path) -> bytes:
        """Put the fault into the tree under ``root`` and return what the file held before."""
        file = root / self.path
        original = file.read_bytes()
        file.write_bytes(original[: self.start] + self.text.encode() + original[self.end :])
        return original

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.change}"


def find(root: Path, path: str) -> list[Mutant]:
    """Return all mutants of the module ``path`` below ``root``, in the order of its source."""
    source = (root / path).read_bytes()
    return sorted(Finder(path, source).mutants(), key=lambda mutant: (mutant.start, mutant.end, mutant.text))


class Finder:
    """The walk through one module's syntax tree."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.tree = ast.parse(source)
        self.statements = [
            (node.lineno, node.end_lineno or node.lineno) for node in ast.walk(self.tree) if isinstance(node, ast.stmt)
        ]
        self.line_starts = [0]
        for line in source.splitlines(keepends=True):
            self.line_starts.append(self.line_starts[-1] + len(line))

    def mutants(self) -> Iterator[Mutant]:
        for node in code_nodes(self.tree):
            for kind, changes in CHANGES:
                if isinstance(node, kind):
                    for changed in changes(node):
                        yield self.mutant(*changed)

    def mutant(self, node: ast.expr | ast.stmt, replacement: str) -> Mutant:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self.line_starts[node.lineno - 1] + node.col_offset
        end = self.line_starts[node.end_lineno - 1] + node.end_col_offset
        before = " ".join(self.source[start:end].decode().split())
        around = [(first, last) for first, last in self.statements if first <= node.lineno <= node.end_lineno <= last]
        statement = min(around, key=lambda lines: lines[1] - lines[0])
        return Mutant(self.path, node.lineno, statement, start, end, replacement, f"{before}  ->  {replacement}")


Change = tuple[ast.expr | ast.stmt, str]


def code_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run; annotations, decorators and blocks for the type checker do not."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list", "bases"}:
                continue
            children = value if isinstance(value, list) else [value]
            waiting += [child for child in children if isinstance(child, ast.AST) and not only_for_types(child)]


def only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def written(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def compared(node: ast.Compare) -> Iterator[Change]:
    for position, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            operators = [*node.ops[:position], other(), *node.ops[position + 1 :]]
            yield node, written(ast.Compare(node.left, operators, node.comparators))


def joined(node: ast.BoolOp) -> Iterator[Change]:
    yield node, written(ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values))
    for position in range(len(node.values)):
        rest = node.values[:position] + node.values[position + 1 :]
        yield node, written(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))


def negated(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield node, written(node.operand)


def calculated(node: ast.BinOp) -> Iterator[Change]:
    other = ARITHMETIC.get(type(node.op))
    if other and not any(isinstance(part, ast.JoinedStr | ast.List) for part in (node.left, node.right)):
        yield node, written(ast.BinOp(node.left, other(), node.right))


def constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield node, str(not node.value)
    elif isinstance(node.value, int):
        yield node, str(node.value + 1)


def decided(node: ast.If) -> Iterator[Change]:
    yield node.test, "False"
    yield node.test, "True"


def called(node: ast.Call) -> Iterator[Change]:
    """Yield the call without one of its conditions, and what it would lock unlocked."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in CONDITIONS and not node.keywords:
        for position in range(len(node.args)):
            rest = node.args[:position] + node.args[position + 1 :]
            if rest or isinstance(node.func, ast.Attribute):
                yield node, ast.unparse(ast.Call(node.func, rest, []))
    if name == "with_for_update" and isinstance(node.func, ast.Attribute):
        yield node, ast.unparse(node.func.value)


def left_out(node: ast.Expr) -> Iterator[Change]:
    if isinstance(node.value, ast.Call):
        name = node.value.func.attr if isinstance(node.value.func, ast.Attribute) else ""
        if name not in UNOBSERVED_CALLS:
            yield node, "pass"


def refused(node: ast.Raise) -> Iterator[Change]:
    yield node, "pass"


CHANGES: tuple[tuple[type[ast.AST], Callable[..., Iterator[Change]]], ...] = (
    (ast.Compare, compared),
    (ast.BoolOp, joined),
    (ast.UnaryOp, negated),
    (ast.BinOp, calculated),
    (ast.Constant, constant),
    (ast.If, decided),
    (ast.Call, called),
    (ast.Expr, left_out),
    (ast.Raise, refused),
)
