"""What the documents name exists: links, files, tests; decisions are numbered, dated and indexed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from config import ROOT

DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
DECISIONS = ROOT / "docs" / "decisions"
TO_CHECK = "<!-- check -->"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = ("bench/", "deploy/", "docs/", "migrations/", "portal/", "static/", "templates/", "tests/")
PARTS = ("**Decision.** ", "**Reason.** ", "**What would change it.** ")


def without_samples(text: str) -> str:
    """Return Markdown without its fenced blocks, which hold samples."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def broken_links(text: str, folder: Path) -> list[str]:
    """Return the relative links that lead to no file, seen from ``folder``."""
    return [link for link in LINK.findall(CODE.sub("", without_samples(text))) if not (folder / link).exists()]


def missing_paths(text: str) -> list[str]:
    """Return the named paths of the project that do not exist, but for those in lines that are still to be checked."""
    lines = [line for line in without_samples(text).splitlines() if TO_CHECK not in line]
    named = [name.partition("::")[0] for line in lines for name in CODE.findall(line) if name.startswith(FOLDERS)]
    return [name for name in named if not re.search(r"[<*\s]", name) and not (ROOT / name).exists()]


def missing_tests(text: str, root: Path = ROOT) -> list[str]:
    """Return the named test functions that do not exist; ``::name`` alone is in the file that was named before it."""
    missing, path = [], ""
    for name in CODE.findall(text):
        file, separator, function = name.partition("::")
        if file.startswith("tests/"):
            path = file
        if separator and function not in functions_of(root / path):
            missing.append(f"{path}::{function}")
    return missing


def functions_of(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def faults_of_decisions(files: Iterable[tuple[str, str]], index: str) -> list[str]:
    """Return what is wrong with decisions, given as name and text in order, and with their index."""
    faults, last = [], ""
    for number, (name, text) in enumerate(files, 1):
        title = re.match(rf"# {number:04} · (.+)\n\nDate: (\d{{4}}-\d\d-\d\d)\b", text)
        if title is None or not name.startswith(f"{number:04}-"):
            faults.append(f"{name}: not number {number:04} with its title and date")
            continue
        if title[2] < last:
            faults.append(f"{name}: older than the one before it")
        last = title[2]
        if f"| {number:04} | {title[2]} | [{title[1]}]({name})" not in index:
            faults.append(f"{name}: not in the index with its date and title")
        faults += [f"{name}: lacks {part.strip()}" for part in PARTS if f"\n{part}" not in text]
    return faults


def test_links_lead_somewhere() -> None:
    broken = {str(page): broken_links(page.read_text(), page.parent) for page in DOCUMENTS}
    assert not {page: links for page, links in broken.items() if links}


def test_named_paths_exist() -> None:
    missing = {str(page): missing_paths(page.read_text()) for page in DOCUMENTS}
    assert not {page: paths for page, paths in missing.items() if paths}


def test_named_tests_exist() -> None:
    assert "::test_" in (ROOT / "docs/security.md").read_text()
    assert not [name for page in DOCUMENTS for name in missing_tests(page.read_text())]


def test_decisions_are_numbered_dated_and_indexed() -> None:
    files = [(path.name, path.read_text()) for path in sorted(DECISIONS.glob("[0-9]*.md"))]
    assert files
    assert not faults_of_decisions(files, (DECISIONS / "README.md").read_text())


def test_the_glossary_is_alphabetical_and_names_each_term_once() -> None:
    rows = re.findall(r"^\| (.+?) \|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)[1:]
    terms = [re.sub(r"[^a-z ]", "", row.lower()) for row in rows]
    assert terms == sorted(set(terms))


def test_faults_are_found() -> None:
    assert broken_links("[a](nowhere.md) [b](README.md#c) [d](https://example.org)", ROOT) == ["nowhere.md"]
    assert missing_paths(f"`portal/nowhere.py` `portal/<feature>/`\n`portal/nobody.py` {TO_CHECK}") == [
        "portal/nowhere.py"
    ]
    assert missing_tests("`tests/contracts/test_documents.py::test_faults_are_found`, `::test_nothing`") == [
        "tests/contracts/test_documents.py::test_nothing"
    ]
    text = "# 0001 · Choice\n\nDate: 2026-11-21\n\n**Decision.** A\n\n**Reason.** B\n"
    assert faults_of_decisions([("0001-choice.md", text), ("0003-gap.md", text)], "") == [
        "0001-choice.md: not in the index with its date and title",
        "0001-choice.md: lacks **What would change it.**",
        "0003-gap.md: not number 0002 with its title and date",
    ]
