"""Russian texts: one file per room under ``portal/translations/ru/``, compiled into one catalogue for flask-babel.

English is what stands in the source. ``flask translate`` compiles; ``flask translate --check`` lists what a text is
missing for, what is marked fuzzy, what nothing uses any more, and texts whose places do not match.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from config import ROOT

LANGUAGE = "ru"
PLURALS = 3
FOLDER = ROOT / "portal" / "translations" / LANGUAGE
COMPILED = FOLDER / "LC_MESSAGES" / "messages.mo"
PLACE = re.compile(r"%\((\w+)\)")

KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
SOURCES: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("portal", [("**.py", "python")]),
    ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.mjml", "jinja2")]),
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with the Russian texts; ``where`` is the file to open."""

    what: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.text!r}"


def rooms() -> list[Path]:
    return sorted(FOLDER.glob("*.po"))


def read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=LANGUAGE)


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def named(text: str, context: str | None) -> str:
    """Return the text by which a message is told apart: its context, where it has one, stands before it."""
    return f"{context}: {text}" if context else text


def texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def is_translated(message: Message) -> bool:
    forms = texts(message)
    return all(forms) and len(forms) == (PLURALS if message.pluralizable else 1)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """The catalogue without its header."""
    return (message for message in catalogue if message.id)


def used() -> dict[str, str]:
    """Every text of the code and the templates, with the file that says it first."""
    found: dict[str, str] = {}
    for folder, methods in SOURCES:
        options = {pattern: {"extensions": "jinja2.ext.do"} for pattern, method in methods if method == "jinja2"}
        for name, _line, text, _comments, context in extract_from_dir(ROOT / folder, methods, options, KEYWORDS):
            found.setdefault(named(text if isinstance(text, str) else text[0], context), f"{folder}/{name}")
    return found


def merged() -> Catalog:
    """All rooms in one catalogue, without what is fuzzy or empty; a text in two rooms must read the same in both."""
    whole = Catalog(locale=LANGUAGE, fuzzy=False)
    for file in rooms():
        for message in messages(read(file)):
            if is_translated(message) and not message.fuzzy:
                whole.add(message.id, message.string, context=message.context)
    return whole


def flaws() -> list[Flaw]:
    """What ``--check`` complains of; nothing when every text of the portal reads well in Russian."""
    wanted = used()
    told: dict[str, tuple[str, ...]] = {}
    found: list[Flaw] = []
    for file in rooms():
        for message in messages(read(file)):
            found += flaws_of(message, f"{FOLDER.name}/{file.name}", wanted, told)
    missing = (Flaw("no Russian text", where, text) for text, where in wanted.items() if text not in told)
    return [*missing, *found]


def flaws_of(message: Message, where: str, wanted: Iterable[str], told: dict[str, tuple[str, ...]]) -> list[Flaw]:
    """The flaws of one translated message; notes in ``told`` what it says."""
    text, said = named(singular(message), message.context), texts(message)
    found = []
    if text not in wanted:
        found.append(Flaw("nothing uses this any more", where, text))
    if message.fuzzy:
        found.append(Flaw("marked fuzzy", where, text))
    if not is_translated(message):
        found.append(Flaw("empty, or not all plural forms", where, text))
    allowed = set(PLACE.findall(text)) | {"num"}
    if any(not set(PLACE.findall(form)) <= allowed for form in said):
        found.append(Flaw("names a place that the English text does not have", where, text))
    if told.setdefault(text, said) != said:
        found.append(Flaw("another room says it differently", where, text))
    return found


def is_current() -> bool:
    """Whether the compiled catalogue is newer than every room's file and the folder they lie in."""
    if not COMPILED.exists():
        return False
    compiled = COMPILED.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= compiled for path in (FOLDER, *rooms()))


def compile_all() -> int:
    """Write the compiled catalogue in one step, so that a process starting beside this one reads all or nothing."""
    catalogue = merged()
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=COMPILED.parent)
    with os.fdopen(handle, "wb") as opened:
        write_mo(opened, catalogue)
    Path(name).chmod(0o644)
    Path(name).replace(COMPILED)
    return len(catalogue)


@click.command("translate")
@click.option("--check", is_flag=True, help="Only list what is missing or wrong; exit status 1 if anything is.")
def translate(check: bool) -> None:
    """Compile the Russian texts of all rooms."""
    if not check:
        click.echo(f"{compile_all()} texts")
        return
    found = flaws()
    for flaw in found:
        click.echo(str(flaw))
    if found:
        raise click.exceptions.Exit(1)


def init_app(app: Flask) -> None:
    """Compile when something changed since the last time; a process that may not write serves what is there."""
    if os.access(FOLDER, os.W_OK) and not is_current():
        compile_all()
