"""Emails read from spreadsheets: the column that holds them is found by its content, in every visible sheet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage

from portal.accounts import emails
from portal.accounts.models import EMAIL_MAX
from portal.admin.allow_list import unusable
from portal.admin.allow_list.findings import FileContent, LeftOut, Place, ReadSheet, Reason, printable
from portal.admin.allow_list.sheets import Row, Sheet, read_sheets
from portal.admin.allow_list.unusable import UnusableFile
from portal.core.errors import Invalid

_WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL = re.compile(rf"{_WORD}(\.{_WORD})*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z]", re.IGNORECASE | re.ASCII)
"""The ASCII emails that ``accounts.emails.validate`` accepts, at a fraction of its cost."""
HEADING = re.compile(r"mail|почт|эл(?:ектронн\w+|\.)\s*адрес", re.IGNORECASE)
NAMED_WORTH = 2
"""How many emails of another column one counts for in a column whose heading names emails."""
SEPARATORS = re.compile(r"[\s,;\u200b\ufeff]+")
NARROW_SEPARATORS = re.compile(r"[/|\\]")
"""Signs that may be a part of an email, and separate two of them only where the whole is none."""
BEFORE = " \t\r\n\u00a0\u200b\u2060\ufeff\u00ad<>()[]\"“”„«»'`"


def read(file_name: str, data: bytes) -> FileContent:
    """Return the emails of a file, of each sheet those in the column with most of them, and what was left out.

    Raise ``UnusableFile`` for a file of another type, one that cannot be read, one with more than ``ROWS_MAX`` rows,
    and one without emails.
    """
    reading = _Reading()
    for sheet in read_sheets(file_name, data):
        reading.add(sheet)
    if not reading.emails:
        raise UnusableFile("no_addresses", _("This file has no email addresses."), field="file")
    return reading.result()


def uploaded_file(part: FileStorage | None) -> tuple[str, bytes]:
    """Return the name and the content of an uploaded file; raise ``UnusableFile`` if no file was sent."""
    if part is None or not part.filename:
        raise UnusableFile("no_file", _("Choose a file."), field="file")
    return part.filename, part.read()


class _Reading:
    """The emails found so far, with their first places, and what was left out."""

    def __init__(self) -> None:
        self.emails: dict[str, Place] = {}
        self.sheets: list[ReadSheet] = []
        self.left_out: list[LeftOut] = []
        self.rows = 0

    def result(self) -> FileContent:
        elsewhere = (Reason.OTHER_COLUMN, Reason.INVALID)
        left_out = (each for each in self.left_out if each.reason not in elsewhere or each.text not in self.emails)
        return FileContent(tuple(self.emails), tuple(self.sheets), tuple(left_out))

    def add(self, sheet: Sheet) -> None:
        rows = list(self._counted(sheet.rows))
        if not rows:
            return
        if sheet.is_hidden:
            self.left_out.append(LeftOut(Reason.HIDDEN_SHEET, Place(sheet.name)))
            return
        rows = with_list_in_one_cell(rows)
        column = email_column(rows)
        if column is None:
            self._leave_out_sheet(sheet, rows)
            return
        before = len(self.emails)
        first_row = next(number for number, cells in rows if emails_in(_cell(cells, column))[0])
        for number, cells in rows:
            self._add_row(sheet.name, number, cells, column, is_above=number < first_row)
        self.sheets.append(ReadSheet(sheet.name, column, len(self.emails) - before))

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for number, cells in rows:
            self.rows += 1
            if self.rows > unusable.ROWS_MAX:
                raise unusable.too_large()
            if any(cell.strip(BEFORE) for cell in cells):
                yield number, cells

    def _leave_out_sheet(self, sheet: Sheet, rows: list[Row]) -> None:
        self.left_out.append(LeftOut(Reason.EMPTY_SHEET, Place(sheet.name)))
        for number, cells in rows:
            for at, cell in enumerate(cells):
                if "@" in cell:
                    self._leave_out(Reason.INVALID, Place(sheet.name, number, at), cell)

    def _add_row(self, sheet: str, number: int, cells: tuple[str, ...], column: int, *, is_above: bool) -> None:
        """Take the emails in the column of one row, and note what else in it could be meant as an email."""
        place = Place(sheet, number, column)
        found, invalid = emails_in(_cell(cells, column))
        for email in found:
            if email in self.emails:
                self.left_out.append(LeftOut(Reason.REPEATED, place, email, self.emails[email]))
            self.emails.setdefault(email, place)
        for text in invalid:
            self._leave_out(Reason.INVALID, place, text)
        others = [(at, cell) for at, cell in enumerate(cells) if at != column and "@" in cell]
        for at, cell in others:
            emails_there, invalid_there = emails_in(cell)
            for text in chain(emails_there, invalid_there):
                reason = Reason.OTHER_COLUMN if text in emails_there else Reason.INVALID
                self._leave_out(reason, Place(sheet, number, at), text)
        if not (found or invalid or others):
            text = "; ".join(filter(None, (cell.strip() for cell in cells)))
            self._leave_out(Reason.HEADING if is_above else Reason.NO_EMAIL, Place(sheet, number), text)

    def _leave_out(self, reason: Reason, place: Place, text: str) -> None:
        self.left_out.append(LeftOut(reason, place, printable(text)))


def with_list_in_one_cell(rows: list[Row]) -> list[Row]:
    """Return the rows, with the cells of the only row with emails as one cell if it is a list of nothing else.

    Such a list comes from the recipients of an email, copied in one line.
    """
    with_emails = [at for at, (_number, cells) in enumerate(rows) if any("@" in cell for cell in cells)]
    if len(with_emails) != 1:
        return rows
    at = with_emails[0]
    number, cells = rows[at]
    filled = [cell for cell in cells if cell.strip(BEFORE)]
    is_list = len(filled) > 1 and all("@" in cell for cell in filled)
    return [*rows[:at], (number, (" ; ".join(filled),)), *rows[at + 1 :]] if is_list else rows


def email_column(rows: Iterable[Row]) -> int | None:
    """Return the column with most different emails, the first of several, or ``None`` if there are none.

    The email of one supervisor in every row is only one. A column whose heading names emails is preferred unless
    another has more than ``NAMED_WORTH`` times as many.
    """
    emails_of: dict[int, set[str]] = defaultdict(set)
    named: set[int] = set()
    for _number, cells in rows:
        for column, cell in enumerate(cells):
            if "@" in cell:
                emails_of[column].update(emails_in(cell)[0])
            elif HEADING.search(cell):
                named.add(column)
    worth = {
        column: (len(found) * (NAMED_WORTH if column in named else 1), column in named, -column)
        for column, found in emails_of.items()
        if found
    }
    return max(worth, key=worth.__getitem__, default=None)


def emails_in(text: str) -> tuple[list[str], list[str]]:
    """Return the emails in the text of one cell, in lower case, and those of its words with an @ that are no emails."""
    whole = email_in(text)
    if whole:
        return [whole], []
    found: dict[str, None] = {}
    invalid: list[str] = []
    for word in _words(text):
        email = email_in(word)
        if email:
            found[email] = None
        elif "@" in word:
            invalid.append(word)
    return list(found), invalid


def _words(text: str) -> Iterator[str]:
    for word in SEPARATORS.split(text):
        yield from NARROW_SEPARATORS.split(word) if word.count("@") > 1 else (word,)


def email_in(text: str) -> str | None:
    """Return ``text`` as an email in lower case with an ASCII domain, or ``None`` if the text is no email.

    What copying adds to an email does not count, as everywhere (``accounts.emails.clean``).
    """
    if not EMAIL.fullmatch(text):
        text = emails.clean(text)
    if not text.isascii():
        local, _at, domain = text.rpartition("@")
        text = f"{local}@{_ascii_domain(domain)}"
    return text.lower() if len(text) <= EMAIL_MAX and EMAIL.fullmatch(text) else None


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    """Return a domain in ASCII, as mail servers know it, or ``""`` if it is no valid domain."""
    try:
        return emails.validate(f"a@{domain}").removeprefix("a@")
    except Invalid:
        return ""


def _cell(cells: tuple[str, ...], column: int) -> str:
    return cells[column] if column < len(cells) else ""
