"""Russian texts: one catalogue per feature under ``portal/translations/ru/LC_MESSAGES/``.

English is what stands in the source. ``deploy/assets`` compiles with pybabel what has changed; Flask-Babel loads all
catalogues as one. ``flask translate --check`` lists texts without Russian, fuzzy and unused ones, and texts whose
placeholders do not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from config import ROOT
from portal.web.i18n.selection import CATALOGUES, TRANSLATIONS, domains

LANGUAGE = "ru"
PLURALS = 3
PLACEHOLDER = re.compile(r"%\((\w+)\)")

KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
SOURCES: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("portal", [("**.py", "python")]),
    ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.mjml", "jinja2")]),
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A fault of the Russian texts: ``what`` is wrong with ``text``, and ``where`` is the file to open."""

    what: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.text!r}"


def key(text: str, context: str | None) -> str:
    """Return the text that identifies a message: its English text, after ``<context>: `` if it has a context."""
    return f"{context}: {text}" if context else text


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the translation of a message as a tuple with one text, or with all its plural forms."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def used_texts() -> dict[str, str]:
    """Return every text to translate in code and templates, by its ``key``, with the first file that uses it."""
    used: dict[str, str] = {}
    for folder, methods in SOURCES:
        options = {pattern: {"extensions": "jinja2.ext.do"} for pattern, method in methods if method == "jinja2"}
        for name, _line, text, _comments, context in extract_from_dir(ROOT / folder, methods, options, KEYWORDS):
            used.setdefault(key(text if isinstance(text, str) else text[0], context), f"{folder}/{name}")
    return used


def messages_of(file: Path) -> Iterator[Message]:
    """Yield the messages of one catalogue file, without its header."""
    with file.open("rb") as opened:
        yield from (message for message in read_po(opened, locale=LANGUAGE) if message.id)


def flaws() -> list[Flaw]:
    """Return the flaws that ``translate --check`` lists: texts without Russian, and what is wrong with Russian ones."""
    used = used_texts()
    translated: dict[str, tuple[str, ...]] = {}
    wrong: list[Flaw] = []
    for file in sorted(CATALOGUES.glob("*.po")):
        for message in messages_of(file):
            wrong += flaws_of(message, f"{LANGUAGE}/{file.name}", used, translated)
    missing = (Flaw("no Russian text", where, text) for text, where in used.items() if text not in translated)
    return [*missing, *wrong]


def flaws_of(message: Message, where: str, used: Iterable[str], translated: dict[str, tuple[str, ...]]) -> list[Flaw]:
    """Return the flaws of one message of the catalogue ``where``, and add its translation to ``translated``.

    ``used`` are the keys of all texts that code and templates use.
    """
    text = key(message.id if isinstance(message.id, str) else message.id[0], message.context)
    forms = forms_of(message)
    allowed = {*PLACEHOLDER.findall(text), "num"}
    faults = {
        "nothing uses this any more": text not in used,
        "marked fuzzy": message.fuzzy,
        "empty, or not all plural forms": not all(forms) or len(forms) != (PLURALS if message.pluralizable else 1),
        "has a placeholder that the English text does not have": any(
            not allowed.issuperset(PLACEHOLDER.findall(form)) for form in forms
        ),
        "another catalogue says it differently": translated.setdefault(text, forms) != forms,
    }
    return [Flaw(what, where, text) for what, applies in faults.items() if applies]


@click.command("translate")
@click.option("--check", is_flag=True, help="Only list what is missing or wrong; exit status 1 if anything is.")
def translate(check: bool) -> None:
    """Compile the Russian texts of all features, or with --check only list what is missing or wrong."""
    if not check:
        options = ["--directory", str(TRANSLATIONS), "--domain", " ".join(domains())]
        CommandLineInterface().run(  # type: ignore[no-untyped-call]  # Babel types no commands
            ["pybabel", "--quiet", "compile", *options]
        )
        return
    wrong = flaws()
    for flaw in wrong:
        click.echo(str(flaw))
    if wrong:
        raise click.exceptions.Exit(1)
