"""What every template keeps, page or fragment; each rule with a sample that breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, nodes
from jinja2.ext import do

from config import ROOT

TEMPLATES = ROOT / "templates"
LONGEST_LINE = 140
PARSER = Environment(autoescape=True, extensions=["jinja2.ext.i18n", do])
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"""(?:\ssrc=|\saction=|<link[^>]*\shref=)["'](?:https?:)?//""")
EVALUATED = re.compile(r"hx-on|hx-vals=[\"']\s*js:|hx-headers=[\"']\s*js:|hx-trigger=[\"'][^\"']*\[", re.IGNORECASE)
ICON = re.compile(r"icon(?:=|\()\s*[\"']([a-z0-9-]+)[\"']")
TOKEN = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
POST = re.compile(r"<form[^>]*method=[\"']post[\"'](.*?)</form>", re.DOTALL | re.IGNORECASE)


def sources() -> dict[str, str]:
    return {
        str(file.relative_to(TEMPLATES)): file.read_text()
        for file in sorted(TEMPLATES.rglob("*.html"))
        if not file.is_relative_to(TEMPLATES / "mail")
    }


def written_by_hand() -> dict[str, str]:
    """Return the text of every template by its name; of the mails their sources, not what is compiled from them."""
    files = (file for file in sorted(TEMPLATES.rglob("*")) if file.is_file())
    compiled = TEMPLATES.glob("mail/*/*/body.html")
    return {str(file.relative_to(TEMPLATES)): file.read_text() for file in sorted({*files} - {*compiled})}


def is_fragment(name: str) -> bool:
    return Path(name).name.startswith("_") and not name.startswith("layouts/")


def is_page(name: str) -> bool:
    """Return whether a template is a page; those of Swagger UI and ReDoc do not count."""
    return not is_fragment(name) and not name.startswith(("layouts/", "components/", "api/"))


def without_comments(source: str) -> str:
    return re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)


def untitled(name: str, source: str) -> list[str]:
    tree = PARSER.parse(source)
    if not is_page(name) or not any(tree.find_all(nodes.Extends)):
        return []
    titles = [block for block in tree.find_all(nodes.Block) if block.name == "title"]
    return [] if titles and titles[0].body else [f"{name} has no title"]


def rootless_page(name: str, source: str) -> list[str]:
    extends = any(PARSER.parse(source).find_all(nodes.Extends))
    return [f"{name} extends nothing"] if is_page(name) and not extends else []


def extending_fragment(name: str, source: str) -> list[str]:
    extends = any(PARSER.parse(source).find_all(nodes.Extends))
    return [f"{name} is a fragment that extends"] if is_fragment(name) and extends else []


def without_one_root(name: str, source: str) -> list[str]:
    """Find fragments without exactly one root element; macros, set blocks and a single component do not count."""
    if not is_fragment(name):
        return []
    inner = re.sub(r"\{%-?\s*macro\b.*?endmacro\s*-?%\}", "", source, flags=re.DOTALL)
    inner = re.sub(r"\{%-?\s*set \w+\s*-?%\}.*?endset\s*-?%\}", "", inner, flags=re.DOTALL)
    markup = BeautifulSoup(TOKEN.sub(lambda token: "x" if token[0].startswith("{{") else "", inner), "html.parser")
    roots = markup.find_all(recursive=False)
    if not roots and markup.get_text(strip=True) == "x":
        return []
    if len(roots) != 1:
        return [f"{name} has {len(roots)} roots"]
    return [] if roots[0].get("id") else [f"{name} has a root without an id"]


def unused_imports(name: str, source: str) -> list[str]:
    tree = PARSER.parse(source)
    read = {found.name for found in tree.find_all(nodes.Name) if found.ctx == "load"}
    imported: Iterator[str] = (
        alias if isinstance(alias, str) else alias[1]
        for found in tree.find_all(nodes.FromImport)
        for alias in found.names
    )
    return [f"{name} imports {macro} for nothing" for macro in imported if macro not in read]


def inline(name: str, source: str) -> list[str]:
    return [f"{name} has {found[0].strip()!r} inline" for found in INLINE.finditer(without_comments(source))]


def foreign(name: str, source: str) -> list[str]:
    return [f"{name} leaves our origin: {found[0]}" for found in FOREIGN.finditer(without_comments(source))]


def evaluated(name: str, source: str) -> list[str]:
    return [f"{name} evaluates: {found[0]}" for found in EVALUATED.finditer(without_comments(source))]


def unprotected(name: str, source: str) -> list[str]:
    forms = POST.finditer(without_comments(source))
    safe = ("csrf_field()", "hidden_tag()", "csrf_token")
    return [f"{name} has a form without its CSRF field" for form in forms if not any(word in form[1] for word in safe)]


def long_lines(name: str, source: str) -> list[str]:
    return [
        f"{name}:{number} has {len(line)} characters"
        for number, line in enumerate(source.splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]


RULES = (
    untitled,
    rootless_page,
    extending_fragment,
    without_one_root,
    unused_imports,
    inline,
    foreign,
    evaluated,
    unprotected,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_template_follows(rule: Any) -> None:
    assert [flaw for name, source in sources().items() for flaw in rule(name, source)] == []


def test_lines_are_short_enough_to_read() -> None:
    assert [flaw for name, source in written_by_hand().items() for flaw in long_lines(name, source)] == []


@pytest.mark.parametrize(
    ("rule", "name", "sample"),
    [
        (long_lines, "events/show.html", f"<p>{'x' * LONGEST_LINE}</p>"),
        (untitled, "events/show.html", '{% extends "layouts/app.html" %}{% block content %}{% endblock %}'),
        (untitled, "events/show.html", '{% extends "layouts/app.html" %}{% block title %}{% endblock %}'),
        (rootless_page, "events/show.html", "<p>alone</p>"),
        (extending_fragment, "events/_list.html", '{% extends "layouts/app.html" %}'),
        (without_one_root, "events/_list.html", '<p id="a">{{ one }}</p><p id="b"></p>'),
        (without_one_root, "events/_list.html", "{{ one() }} {{ another() }}"),
        (without_one_root, "events/_list.html", "<ul>{% for x in xs %}<li></li>{% endfor %}</ul>"),
        (unused_imports, "events/show.html", '{% from "components/icon.html" import icon %}<p></p>'),
        (unused_imports, "events/show.html", '{% from "components/icon.html" import icon as draw %}{{ icon }}'),
        (inline, "events/show.html", '<a onclick="x()">'),
        (inline, "events/show.html", '<p style="color: red">'),
        (inline, "events/show.html", '<script nonce="x">alert(1)</script>'),
        (foreign, "events/show.html", '<img src="https://example.org/x.png">'),
        (evaluated, "events/show.html", '<button hx-on:click="x()">'),
        (evaluated, "events/show.html", """<button hx-vals='js:{"x": 1}'>"""),
        (evaluated, "events/show.html", '<input hx-trigger="keyup[ctrlKey]">'),
        (unprotected, "events/show.html", '<form method="post"><button>Join</button></form>'),
    ],
)
def test_a_template_that_breaks_a_rule_is_found(rule: Any, name: str, sample: str) -> None:
    assert rule(name, sample)


def test_every_icon_in_use_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="([a-z0-9-]+)"', (ROOT / "static/vendor/icons.svg").read_text()))
    used = {icon for source in sources().values() for icon in ICON.findall(without_comments(source))}
    assert used - drawn == set(), "run `make vendor`"
