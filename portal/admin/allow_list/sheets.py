"""Sheets of uploaded files: their rows as text, whatever the file says about itself.

Neither the name of a file nor its own statement of its size is believed: its first bytes tell what it is, and rows are
read until there are no more.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.admin.allow_list import text_tables, unusable
from portal.admin.allow_list.unusable import COLUMNS_MAX, UnusableFile

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

UNPACKED_MAX = 12 * 1024 * 1024
"""A workbook is a zip archive, and a small one can unpack to anything; every unpacked megabyte takes time to read."""
EXTENSIONS = ("xlsx", "csv", "txt", "tsv")
ZIP, OLD_EXCEL, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"

Row = tuple[int, tuple[str, ...]]
"""The number of a row, as spreadsheet programs and editors count, and the texts of its cells."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file; its rows can be read once. ``name`` is empty for a text file, which has only one.

    ``is_hidden``: spreadsheet programs do not show the sheet.
    """

    name: str
    rows: Iterable[Row]
    is_hidden: bool = False


def read_sheets(file_name: str, data: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a workbook or a text file, told apart by their first bytes.

    Raise ``UnusableFile`` for a file with another extension than ``EXTENSIONS``, one of another kind, and, also while
    rows are read, for one that is broken or unpacks to more than ``UNPACKED_MAX`` bytes.
    """
    if data.startswith(OLD_EXCEL):
        raise unusable.old_workbook()
    if file_name.rpartition(".")[2].lower() not in EXTENSIONS or data.startswith(PDF):
        raise unusable.wrong_type()
    if data.startswith(ZIP):
        yield from _workbook_sheets(data)
    else:
        yield Sheet("", text_tables.rows(data))


def _workbook_sheets(data: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; nothing is unpacked before its size is known."""
    import openpyxl  # large, and hardly any process ever needs it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX:
                raise unusable.too_large()
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        worksheets = book.worksheets
    except UnusableFile:
        raise
    except Exception as error:  # a hostile file makes the parsers below raise whatever they like
        raise unusable.unreadable() from error
    for sheet in worksheets:
        yield Sheet(str(sheet.title), _workbook_rows(sheet), is_hidden=sheet.sheet_state != "visible")


def _workbook_rows(sheet: ReadOnlyWorksheet) -> Iterator[Row]:
    """Yield the rows of a worksheet of openpyxl that have a cell with content, cut at ``COLUMNS_MAX`` cells."""
    try:
        sheet.reset_dimensions()  # the size that a sheet states is often wrong
        for number, row in enumerate(sheet.values, start=1):
            if number > text_tables.LINES_MAX:
                raise unusable.too_large()
            if any("@" in str(cell) for cell in row[COLUMNS_MAX:]):
                raise unusable.too_wide()
            if any(cell is not None for cell in row):
                yield number, tuple("" if cell is None else str(cell) for cell in row[:COLUMNS_MAX])
    except UnusableFile:
        raise
    except Exception as error:  # see above
        raise unusable.unreadable() from error
