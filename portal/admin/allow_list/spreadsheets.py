"""Emails read from spreadsheets: .xlsx, and .csv in the encodings that office software writes."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage

from portal.accounts import emails
from portal.accounts.models import EMAIL_MAX
from portal.core.errors import DomainError, Invalid

ROWS_MAX = 50_000
COLUMNS_MAX = 50
UNPACKED_MAX = 12 * 1024 * 1024
"""A workbook is a zip archive, and a small one can unpack to anything; every unpacked megabyte takes time to read."""
EXAMPLES = 5
EXAMPLE_MAX = 80
ENCODINGS = ("utf-8-sig", "cp1251")
BLANKS = " \t\r\n\u00a0"
_WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL = re.compile(rf"{_WORD}(\.{_WORD})*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z]", re.IGNORECASE | re.ASCII)
"""The ASCII emails that ``accounts.emails.validate`` accepts, at a fraction of its cost."""
HEADER = re.compile(r"e-?mail|почт|адрес|address", re.IGNORECASE)

Row = tuple[object, ...]


class UnusableFile(DomainError):
    """The error for a file from which no emails can be read; its status is 400, which legacy clients expect."""

    status = 400


@dataclass(frozen=True, slots=True)
class EmailColumn:
    """The emails of a file, in lower case and without duplicates, and the number of rows without one.

    ``examples`` are the texts of up to ``EXAMPLES`` of those rows.
    """

    emails: tuple[str, ...]
    skipped: int
    examples: tuple[str, ...]


def read(file_name: str, data: bytes) -> EmailColumn:
    """Return the emails of an .xlsx or .csv file, in the column whose heading names emails or else in the first one.

    A first row with an email in it is no heading. Raise ``UnusableFile`` for a file of another type, one that cannot be
    read, one with more than ``ROWS_MAX`` rows or ``UNPACKED_MAX`` bytes, and one without emails.
    """
    extension = file_name.rpartition(".")[2].lower()
    if extension == "xlsx":
        rows = _xlsx_rows(data)
    elif extension == "csv":
        rows = _csv_rows(data)
    else:
        raise UnusableFile("wrong_file_type", _("Only .xlsx and .csv files can be read."), field="file")
    column = _read_rows(rows)
    if not column.emails:
        raise UnusableFile("no_addresses", _("This file has no email addresses."), field="file")
    return column


def uploaded_file(part: FileStorage | None) -> tuple[str, bytes]:
    """Return the name and the content of an uploaded file; raise ``UnusableFile`` if no file was sent."""
    if part is None or not part.filename:
        raise UnusableFile("no_file", _("Choose a file."), field="file")
    return part.filename, part.read()


def unreadable() -> UnusableFile:
    """Return the ``UnusableFile`` error for a file that the parsers cannot read."""
    message = _("This file cannot be read. Save it again as .xlsx or .csv.")
    return UnusableFile("unreadable_file", message, field="file")


def too_large() -> UnusableFile:
    """Return the ``UnusableFile`` error for a file with too many rows, or too many bytes once it is unpacked."""
    message = _(
        "This file is too large: at most %(most)s rows at once. "
        "Keep only the column with the addresses, or split the file.",
        most=ROWS_MAX,
    )
    return UnusableFile("file_too_large", message, field="file")


def _read_rows(rows: Iterable[Row]) -> EmailColumn:
    emails_found: dict[str, None] = {}
    skipped: list[str] = []
    column, count = 0, 0
    for number, row in enumerate(islice(rows, ROWS_MAX + 1)):
        if number == ROWS_MAX:
            raise too_large()
        if number == 0 and not any(email_in(_text(cell)) for cell in row):
            column = next((at for at, cell in enumerate(row) if HEADER.search(_text(cell))), 0)
            continue
        text = _text(row[column]) if len(row) > column else ""
        if email := email_in(text):
            emails_found[email] = None
        elif any(_text(cell) for cell in row):
            count += 1
            skipped += [text] if len(skipped) < EXAMPLES else []
    return EmailColumn(tuple(emails_found), count, tuple(_printable(text) for text in skipped if text))


def email_in(text: str) -> str | None:
    """Return ``text`` as an email in lower case with an ASCII domain, or ``None`` if the text is no email."""
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


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip(BLANKS).removeprefix("mailto:")


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:EXAMPLE_MAX])


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    """Yield the rows of a workbook's active sheet one by one, each with its first ``COLUMNS_MAX`` cells.

    Nothing is unpacked before its size is known. Raise ``UnusableFile`` if it is too large or cannot be read.
    """
    import openpyxl  # large, and hardly any process ever needs it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX:
                raise too_large()
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
        if sheet is None:
            raise unreadable()
        yield from sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX)
    except UnusableFile:
        raise
    except Exception as error:  # a hostile file makes the parsers below raise whatever they like
        raise unreadable() from error


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    first_line = text.partition("\n")[0]
    delimiter = max(";,\t", key=first_line.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield tuple(row[:COLUMNS_MAX])
    except csv.Error as error:
        raise unreadable() from error


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
