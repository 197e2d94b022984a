"""Names, docstrings, comments and documents use standard terms; ``vocabulary`` lists the words that they replace."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from tests.contracts.vocabulary import ALLOWED_NAMES, ALLOWED_TEXTS, EVERYWHERE, NAMES, PHRASES, SAME

CODE = ("portal", "tests", "bench", "migrations", "config.py", "wsgi.py", "gunicorn.conf.py")
FRONTEND = {"static/js": "*.js", "static/css": "*.css", "deploy": "*.mjs"}
SCRIPTS = ("deploy/assets", "deploy/environment", "deploy/fuzz", "deploy/installer.in", "Makefile", "pyproject.toml")
DOCUMENTS = ("README.md", "CHANGELOG.md", "docs")
LIST = Path("tests/contracts/vocabulary.py")

Line = tuple[int, str]


def table(*words: dict[str, str]) -> dict[str, str]:
    return {word: instead for entries in words for forms, instead in entries.items() for word in forms.split()}


FORBIDDEN_NAMES = table(EVERYWHERE, NAMES)
FORBIDDEN_TEXT = table(EVERYWHERE)
ANY_WORD = re.compile(rf"\b(?:{'|'.join(FORBIDDEN_TEXT)})\b", re.IGNORECASE)


def words_of(name: str) -> list[str]:
    """Split a name at underscores and at changes of case: ``noteHTTPAnswer_of`` into note, http, answer, of."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def wrong_name(path: Path, name: str) -> str | None:
    """Return what is wrong with a name that a module defines, or None."""
    if {name, str(path), f"{path}: {name}"} & ALLOWED_NAMES.keys():
        return None
    found = [word for word in words_of(name) if word in FORBIDDEN_NAMES]
    return f"{name}: instead of “{found[0]}” say {FORBIDDEN_NAMES[found[0]]}" if found else None


def wrong_text(text: str) -> list[Line]:
    """Return what is wrong with a text outside its code, each with the number of its line, from 0."""
    for allowed in ALLOWED_TEXTS:
        text = text.replace(allowed, "")
    text = re.sub(r"``.*?``|`[^`]*`|https?://\S+", lambda code: "\n" * code[0].count("\n"), text, flags=re.DOTALL)
    found = [(match, FORBIDDEN_TEXT[match[0].lower()]) for match in ANY_WORD.finditer(text)]
    found += [(match, instead) for pattern, instead in PHRASES.items() for match in re.finditer(pattern, text, re.I)]
    return sorted(
        (text[: match.start()].count("\n"), f"instead of “{match[0]}” say {instead}") for match, instead in found
    )


def defined_names(tree: ast.AST) -> Iterator[Line]:
    """Return the names that a module defines; those that it only uses are defined elsewhere or by libraries."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def docstrings(tree: ast.AST) -> Iterator[Line]:
    """Return the docstrings of modules, classes, functions and attributes with the line where they begin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def comments(source: str) -> Iterator[Line]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def faults_of_code(path: Path, source: str) -> list[str]:
    """Return the wrong words of a module: in its own name, in names that it defines, docstrings and comments."""
    tree = ast.parse(source)
    faults = [f"{path}: {fault}" for fault in [wrong_name(path, path.stem)] if fault]
    for line, name in defined_names(tree):
        if fault := wrong_name(path, name):
            faults.append(f"{path}:{line}: {fault}")
    for line, text in [*docstrings(tree), *comments(source)]:
        faults += [f"{path}:{line + offset}: {fault}" for offset, fault in wrong_text(text)]
    faults += [f"{path}:{line}: begins “{SAME}”" for line, text in docstrings(tree) if text.startswith(SAME)]
    return faults


def faults_of_document(path: Path, text: str) -> list[str]:
    """Return the wrong words of a Markdown document outside its code."""
    text = re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    return [f"{path}:{line + 1}: {fault}" for line, fault in wrong_text(text)]


def faults_of_template(path: Path, text: str) -> list[str]:
    """Return the wrong words in the comments of a template."""
    comments_found = re.findall(r"\{#.*?#\}", text, re.DOTALL)
    return [f"{path}: {fault}" for comment in comments_found for _line, fault in wrong_text(comment)]


QUOTED = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`'
FRONTEND_TOKEN = re.compile(rf"{QUOTED}|(?P<comment>/\*.*?\*/|(?<![:\\])//[^\n]*)", re.DOTALL)
SCRIPT_TOKEN = re.compile(r"(?P<comment>(?:^|(?<=\s))#[^\n]*)", re.MULTILINE)


def faults_of_comments(path: Path, text: str, token: re.Pattern[str]) -> list[str]:
    """Return the wrong words in the comments of a file in which ``token`` finds comments and what hides none."""
    return [
        f"{path}:{text[: found.start()].count(chr(10)) + 1 + offset}: {fault}"
        for found in token.finditer(text)
        for offset, fault in wrong_text(found["comment"] or "")
    ]


def files(*places: str, pattern: str) -> Iterator[Path]:
    """Return the files below some places, relative to the root, without the list of words itself."""
    for place in places:
        found = (ROOT / place).rglob(pattern) if (ROOT / place).is_dir() else [ROOT / place]
        paths = sorted(path.relative_to(ROOT) for path in found if path.is_file())
        yield from (path for path in paths if path != LIST)


def test_code_uses_the_standard_terms() -> None:
    paths = files(*CODE, pattern="*.py")
    assert [fault for path in paths for fault in faults_of_code(path, (ROOT / path).read_text())] == []


def test_documents_use_the_standard_terms() -> None:
    paths = files(*DOCUMENTS, pattern="*.md")
    assert [fault for path in paths for fault in faults_of_document(path, (ROOT / path).read_text())] == []


def test_comments_of_templates_use_the_standard_terms() -> None:
    paths = files("templates", pattern="*.*")
    assert [fault for path in paths for fault in faults_of_template(path, (ROOT / path).read_text())] == []


def test_comments_of_scripts_and_styles_use_the_standard_terms() -> None:
    frontend = [path for place, pattern in FRONTEND.items() for path in files(place, pattern=pattern)]
    assert len(frontend) >= 70
    faults = [
        fault for path in frontend for fault in faults_of_comments(path, (ROOT / path).read_text(), FRONTEND_TOKEN)
    ]
    for name in SCRIPTS:
        faults += faults_of_comments(Path(name), (ROOT / name).read_text(), SCRIPT_TOKEN)
    assert faults == []


def test_every_script_is_read() -> None:
    unread = {"deploy/installer.txt"}  # generated
    found = {str(path) for path in files("deploy", pattern="*") if path.suffix != ".mjs"}
    assert found - unread == {name for name in SCRIPTS if name.startswith("deploy/")}


def test_no_exception_is_left_over() -> None:
    named: set[str] = set()
    for path in (path.relative_to(ROOT) for place in CODE for path in (ROOT / place).rglob("*.py")):
        names = [name for _line, name in defined_names(ast.parse((ROOT / path).read_text()))]
        named |= {str(path), *names, *(f"{path}: {name}" for name in names)}
    assert set(ALLOWED_NAMES) - named == set()


@pytest.mark.parametrize(
    ("name", "words"),
    [("noteHTTPAnswer_of", ["note", "http", "answer", "of"]), ("TOLD_2", ["told"]), ("AllowList", ["allow", "list"])],
)
def test_names_are_split(name: str, words: list[str]) -> None:
    assert words_of(name) == words


BAD_CODE = """\
\"\"\"What the room tells its neighbours.\"\"\"
def sendLetter(address, *, allowed=1):  # by the back door
    \"\"\"The same for addresses of pages, but not for `address` or IP addresses.\"\"\"
    self.standing = people_told = address
"""


def test_wrong_words_of_code_are_found() -> None:
    assert faults_of_code(Path("portal/x/wire.py"), BAD_CODE) == [
        "portal/x/wire.py: wire: instead of “wire” say serializer, legacy",
        "portal/x/wire.py:2: sendLetter: instead of “letter” say message",
        "portal/x/wire.py:2: address: instead of “address” say email, url, ip, query_args",
        "portal/x/wire.py:4: standing: instead of “standing” say status",
        "portal/x/wire.py:4: people_told: instead of “told” say notify, report",
        "portal/x/wire.py:1: instead of “room” say feature, package",
        "portal/x/wire.py:3: instead of “addresses” say email, URL, IP address, query arguments",
        "portal/x/wire.py:2: instead of “door” say channel, entry point",
        "portal/x/wire.py:3: begins “The same”",
    ]


def test_wrong_words_of_documents_are_found() -> None:
    text = "A knob.\n```\nhouse\n```\nThe `door` column, the ways out.\n"
    assert faults_of_document(Path("docs/x.md"), text) == [
        "docs/x.md:1: instead of “knob” say setting",
        "docs/x.md:5: instead of “ways out” say transports",
    ]
    assert faults_of_template(Path("templates/x.html"), "{# the house\n#} house") == [
        "templates/x.html: instead of “house” say portal, application"
    ]


def test_wrong_words_of_scripts_and_styles_are_found() -> None:
    script = (
        '// A knob.\nconst url = "https://house.example/"; /* in the\n * house */\nfind(`// door`); // `door` door\n'
    )
    assert faults_of_comments(Path("x.js"), script, FRONTEND_TOKEN) == [
        "x.js:1: instead of “knob” say setting",
        "x.js:3: instead of “house” say portal, application",
        "x.js:4: instead of “door” say channel, entry point",
    ]
    style = "/* The\n   reader's address. */\n.house { color: red }\n"
    assert faults_of_comments(Path("x.css"), style, FRONTEND_TOKEN) == [
        "x.css:2: instead of “address” say email, URL, IP address, query arguments"
    ]
    shell = "#!/bin/sh\n# a room\nhouse=${door#house}\necho ok  # the reader\n"
    assert faults_of_comments(Path("x"), shell, SCRIPT_TOKEN) == [
        "x:2: instead of “room” say feature, package",
        "x:4: instead of “the reader” say the viewer, the caller",
    ]
