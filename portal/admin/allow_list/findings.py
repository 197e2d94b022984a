"""The emails of a file and everything in it that was not taken, with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

TEXT_MAX = 80
ALPHABET = 26


class Reason(StrEnum):
    """Why something in a file was not taken, in the order in which the page shows the groups."""

    INVALID = "invalid"
    NO_EMAIL = "no_email"
    OTHER_COLUMN = "other_column"
    HIDDEN_SHEET = "hidden_sheet"
    EMPTY_SHEET = "empty_sheet"
    REPEATED = "repeated"
    HEADING = "heading"

    @property
    def label(self) -> LazyString:
        """The heading of the group in the language of the request."""
        return LABELS[self]

    @property
    def is_loss(self) -> bool:
        """Whether somebody may miss what was left out; not for headings and repetitions."""
        return self not in {Reason.REPEATED, Reason.HEADING}


LABELS = {
    Reason.INVALID: lazy_gettext("Not a valid email address"),
    Reason.NO_EMAIL: lazy_gettext("Rows without an email address"),
    Reason.OTHER_COLUMN: lazy_gettext("Addresses in another column"),
    Reason.HIDDEN_SHEET: lazy_gettext("Hidden sheets, which were not read"),
    Reason.EMPTY_SHEET: lazy_gettext("Sheets without email addresses"),
    Reason.REPEATED: lazy_gettext("Addresses that are in the file more than once"),
    Reason.HEADING: lazy_gettext("Read as headings"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet, a row or a cell of a file; ``column`` counts from 0, and a text file has no name of a sheet."""

    sheet: str = ""
    row: int | None = None
    column: int | None = None

    @property
    def label(self) -> str:
        """The name of the place in the language of the request, such as ``Graduates, cell B7``."""
        sheet = _("“%(name)s”", name=self.sheet) if self.sheet else ""
        return ", ".join(part for part in (sheet, self._within) if part)

    @property
    def _within(self) -> str:
        if self.row is None:
            return ""
        if self.column is None:
            return _("row %(number)s", number=self.row)
        return _("cell %(name)s", name=f"{column_label(self.column)}{self.row}")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One row, cell, sheet or email that was not taken, with its text and, if it is repeated, its first place."""

    reason: Reason
    place: Place
    text: str = ""
    first: Place | None = None


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet from which emails were taken: from which column, and how many different ones were new in the file."""

    name: str
    column: int
    emails: int

    @property
    def column_label(self) -> str:
        """The letters by which spreadsheet programs name the column."""
        return column_label(self.column)


@dataclass(frozen=True, slots=True)
class FileContent:
    """The emails of a file, in lower case and without duplicates, where they stood, and all that was left out."""

    emails: tuple[str, ...]
    sheets: tuple[ReadSheet, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def lost(self) -> list[LeftOut]:
        """What was left out and may be missed by somebody."""
        return [each for each in self.left_out if each.reason.is_loss]

    def groups(self) -> Iterator[tuple[Reason, list[LeftOut]]]:
        """Yield each reason that applied with what was left out for it, in the order of the file."""
        for reason in Reason:
            if group := [each for each in self.left_out if each.reason is reason]:
                yield reason, group


def column_label(column: int) -> str:
    """Return the letters of a column that counts from 0, as spreadsheet programs write them.

    >>> column_label(0), column_label(27)
    ('A', 'AB')
    """
    name, number = "", column + 1
    while number:
        number, at = divmod(number - 1, ALPHABET)
        name = chr(ord("A") + at) + name
    return name


def printable(text: str) -> str:
    """Return the beginning of a text on one line, with a sign in place of characters that cannot be shown."""
    line = " ".join(text[: 2 * TEXT_MAX].split())
    shown = "".join(character if character.isprintable() else "\ufffd" for character in line[:TEXT_MAX])
    return shown + ("…" if len(line) > TEXT_MAX else "")
