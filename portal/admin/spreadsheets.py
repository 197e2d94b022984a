"""Addresses out of the files that offices have: xlsx, and csv in whatever encoding it was saved."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage

from portal.accounts import addresses
from portal.accounts.models import EMAIL_MAX
from portal.core.errors import DomainError, Invalid

ROWS_MAX = 200_000
COLUMNS_MAX = 50
UNPACKED_MAX = 200 * 1024 * 1024
"""A workbook is a zip archive, and a small one can unpack to anything."""
EXAMPLES = 5
EXAMPLE_MAX = 80
ENCODINGS = ("utf-8-sig", "cp1251")
BLANKS = " \t\r\n\u00a0"
_WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(
    rf"{_WORD}(\.{_WORD})*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z]", re.IGNORECASE | re.ASCII
)
"""The addresses of ``accounts.addresses.checked`` that are in ASCII, told without its cost."""
HEADER = re.compile(r"e-?mail|почт|адрес|address", re.IGNORECASE)

Row = tuple[object, ...]


class UnusableFile(DomainError):
    """A file that we cannot take addresses from; the mobile contract wants 400 for it."""

    status = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held: addresses in lower case, each once, and how many rows were none (with some of them)."""

    addresses: tuple[str, ...]
    skipped: int
    examples: tuple[str, ...]


def read(name: str, data: bytes) -> Reading:
    """The addresses in the first column, or in the one that is headed as such; raises ``UnusableFile``."""
    extension = name.rpartition(".")[2].lower()
    if extension == "xlsx":
        rows = _xlsx_rows(data)
    elif extension == "csv":
        rows = _csv_rows(data)
    else:
        raise UnusableFile("wrong_file_type", _("Only .xlsx and .csv files can be read."), field="file")
    reading = _collect(rows)
    if not reading.addresses:
        raise UnusableFile("no_addresses", _("There is no mail address in this file."), field="file")
    return reading


def uploaded_file(part: FileStorage | None) -> tuple[str, bytes]:
    """Name and content of an uploaded file; raises ``UnusableFile`` when there is none."""
    if part is None or not part.filename:
        raise UnusableFile("no_file", _("Choose a file first."), field="file")
    return part.filename, part.read()


def unreadable() -> UnusableFile:
    sentence = _("This file cannot be read. Save it again as .xlsx or .csv.")
    return UnusableFile("unreadable_file", sentence, field="file")


def _collect(rows: Iterable[Row]) -> Reading:
    found: dict[str, None] = {}
    skipped: list[str] = []
    column, count = 0, 0
    for number, row in enumerate(islice(rows, ROWS_MAX + 1)):
        if number == ROWS_MAX:
            sentence = _("The file has more than %(most)s rows. Split it into smaller ones.", most=ROWS_MAX)
            raise UnusableFile("too_many_rows", sentence, field="file")
        if number == 0 and not any(is_address(_text(cell)) for cell in row):
            column = next((at for at, cell in enumerate(row) if HEADER.search(_text(cell))), 0)
            continue
        text = _text(row[column]) if len(row) > column else ""
        if is_address(text):
            found[text.lower()] = None
        elif any(_text(cell) for cell in row):
            count += 1
            skipped += [text] if len(skipped) < EXAMPLES else []
    return Reading(tuple(found), count, tuple(_shown(text) for text in skipped if text))


def is_address(text: str) -> bool:
    """Whether mail can be sent to ``text``."""
    if len(text) > EMAIL_MAX or "@" not in text:
        return False
    if text.isascii():
        return ADDRESS.fullmatch(text) is not None
    try:
        return bool(addresses.checked(text))
    except Invalid:
        return False


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip(BLANKS).removeprefix("mailto:")


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:EXAMPLE_MAX])


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    """Rows of the active sheet, read one by one; nothing is unpacked before its size is known."""
    import openpyxl  # large, and hardly any process ever needs it

    broken = UnusableFile(
        "unreadable_file", _("This file cannot be read. Save it again as .xlsx or .csv."), field="file"
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX:
                raise broken
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
        if sheet is None:
            raise broken
        yield from sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX)
    except UnusableFile:
        raise
    except Exception as error:  # a hostile file makes the parsers below raise whatever they like
        raise broken from error


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
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
