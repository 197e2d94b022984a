"""Tables in text files, in the encodings and with the separators that office software writes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from portal.admin.allow_list import unusable
from portal.admin.allow_list.unusable import COLUMNS_MAX

LINES_MAX = 1_048_576
"""The last row of a worksheet; where the only content of a row is farther down, something is wrong with the file."""
SEPARATORS = ";,\t|"
SAMPLE_ROWS = 100
STATED = re.compile(r"sep=(.)\r?\n|sep=(.)\r", re.IGNORECASE)
"""A first line by which Excel is told the separator; it is no row of the table."""
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Encodings by the bytes that a file begins with; those of UTF-32 begin with those of UTF-16."""
RUSSIAN_ENCODINGS = ("cp1251", "mac-cyrillic", "cp866", "koi8-r")
"""One-byte encodings of Windows, Mac, DOS and old mail programs."""
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
_CAPITAL_IN_WORD = re.compile("[а-яё][А-ЯЁ]")
_AT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows of a table that are not blank, each with the number of the line on which it begins.

    Raise ``UnusableFile`` for a file that is no table.
    """
    text = decoded(data)
    stated = STATED.match(text)
    body = text[stated.end() :] if stated else text
    separator = likely_separator(body, stated=(stated[1] or stated[2]) if stated else "")
    try:
        for number, row in _numbered(body, separator):
            yield number + bool(stated), row
    except csv.Error as error:
        raise unusable.unreadable() from error


def decoded(data: bytes) -> str:
    """Return the text of a file, in the encoding that it states, else UTF-8 or the likeliest Russian one."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if unmarked := _unmarked_utf16(data):
        return data.decode(unmarked, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        texts = (data.decode(encoding, errors="replace") for encoding in RUSSIAN_ENCODINGS)
        return max(texts, key=_worth_as_russian)


def likely_separator(text: str, stated: str = "") -> str:
    """Return the separator with which most cells of the first rows are emails.

    Of several it is the one that the file states, else the most frequent one.
    """
    sample = "\n".join(islice(io.StringIO(text), SAMPLE_ROWS))

    def worth(separator: str) -> tuple[int, bool, int]:
        cells = [cell for line in sample.splitlines() for cell in line.split(separator)]
        emails = sum(bool(_AT.fullmatch(cell.strip(' "'))) and _has_no_separator(cell) for cell in cells)
        return emails, separator == stated, len(cells)

    return max(dict.fromkeys(stated + SEPARATORS), key=worth)


def _numbered(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1
    for row in reader:
        if any("@" in cell for cell in row[COLUMNS_MAX:]):
            raise unusable.too_wide()
        if any(cell.strip() for cell in row):
            yield begins, tuple(row[:COLUMNS_MAX])
        begins = reader.line_num + 1


def _has_no_separator(cell: str) -> bool:
    return not any(separator in cell for separator in SEPARATORS)


def _unmarked_utf16(data: bytes) -> str | None:
    """Return which UTF-16 the file is in if every other byte of its beginning is mostly zero, else ``None``."""
    start = data[:2000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half and odd > half / 3 and not even:
        return "utf-16-le"
    return "utf-16-be" if half and even > half / 3 and not odd else None


def _worth_as_russian(text: str) -> int:
    """Return how much the text looks Russian: letters of its alphabet, with capitals only where words begin."""
    start = text[:20_000]
    foreign = sum(not character.isascii() for character in start)
    russian = len(_RUSSIAN.findall(start))
    return russian - 3 * (foreign - russian) - 2 * len(_CAPITAL_IN_WORD.findall(start))
