"""Files from which no emails can be read, and how much of a file is read at most."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.errors import DomainError

ROWS_MAX = 50_000
COLUMNS_MAX = 200


class UnusableFile(DomainError):
    """The error for a file from which no emails can be read; its status is 400, which legacy clients expect."""

    status = 400


def unreadable() -> UnusableFile:
    """Return the ``UnusableFile`` error for a file that the parsers cannot read."""
    message = _("This file cannot be read. Save it again as .xlsx or .csv.")
    return UnusableFile("unreadable_file", message, field="file")


def wrong_type() -> UnusableFile:
    """Return the ``UnusableFile`` error for a file that is neither a workbook nor text."""
    message = _("Only .xlsx and .csv files can be read.")
    return UnusableFile("wrong_file_type", message, field="file")


def old_workbook() -> UnusableFile:
    """Return the ``UnusableFile`` error for a workbook of Excel 2003 and earlier, or one with a password."""
    message = _("This file is in the format of an old Excel or has a password. Save it as .xlsx without a password.")
    return UnusableFile("wrong_file_type", message, field="file")


def too_large() -> UnusableFile:
    """Return the ``UnusableFile`` error for a file with more than ``ROWS_MAX`` rows or too many unpacked bytes."""
    message = _(
        "This file is too large: at most %(most)s rows at once. "
        "Keep only the column with the addresses, or split the file.",
        most=ROWS_MAX,
    )
    return UnusableFile("file_too_large", message, field="file")


def too_wide() -> UnusableFile:
    """Return the ``UnusableFile`` error for a file with an @ beyond column ``COLUMNS_MAX``: it would be lost."""
    message = _(
        "This file has addresses beyond column %(most)s. Keep only the column with the addresses, one in each row.",
        most=COLUMNS_MAX,
    )
    return UnusableFile("file_too_wide", message, field="file")
