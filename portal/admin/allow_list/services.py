"""The import of a file into the allow list, for the page, the API and the command alike."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import ngettext

from portal.accounts.registration import allow_list
from portal.admin.allow_list import spreadsheets
from portal.core.actor import Actor


@dataclass(frozen=True, slots=True)
class FileImportResult:
    """How many emails of a file were added, how many were on the list before, and how many rows held no email.

    ``examples`` are the texts of a few of those rows.
    """

    added: int
    known: int
    skipped: int
    examples: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The numbers as one sentence in the language of the request."""
        parts = [ngettext("%(num)s address added", "%(num)s addresses added", self.added)]
        if self.known:
            parts.append(ngettext("%(num)s was on the list already", "%(num)s were on the list already", self.known))
        if self.skipped:
            parts.append(
                ngettext("%(num)s row has no email address", "%(num)s rows have no email address", self.skipped)
            )
        return ", ".join(parts) + "."


def import_file(actor: Actor, file_name: str, data: bytes) -> FileImportResult:
    """Add the emails of an .xlsx or .csv file to the allow list and return how many were added, known or skipped.

    Emails that are on the list stay, so that a file can be imported again. Raise ``UnusableFile`` if no emails can be
    read from the file, ``Forbidden`` for an actor who may not import.
    """
    content = spreadsheets.read(file_name, data)
    result = allow_list.import_emails(actor, content.emails)
    return FileImportResult(result.added, result.processed - result.added, content.skipped, content.examples)
