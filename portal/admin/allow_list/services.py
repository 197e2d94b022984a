"""The import of a file into the allow list, for the page, the API and the command alike."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.registration import allow_list, late_admission
from portal.admin.allow_list import spreadsheets
from portal.admin.allow_list.findings import FileContent
from portal.core.actor import Actor

PLACES_NAMED = 3


@dataclass(frozen=True, slots=True)
class FileImportResult:
    """How many emails of a file were added, how many were on the list before, and what the file held.

    Of the people who waited for the office, ``admitted`` ones are in now, ``invited`` ones were sent a link that
    confirms their email, and ``waiting`` ones still wait although they are on the list now.
    """

    added: int
    known: int
    admitted: int
    invited: int
    waiting: int
    content: FileContent

    @property
    def summary(self) -> str:
        """The numbers as one sentence in the language of the request, with the first places that were not taken."""
        parts = [ngettext("%(num)s address added", "%(num)s addresses added", self.added)]
        if self.known:
            parts.append(ngettext("%(num)s was on the list already", "%(num)s were on the list already", self.known))
        if self.admitted:
            parts.append(
                ngettext("%(num)s person who waited is in now", "%(num)s people who waited are in now", self.admitted)
            )
        if self.invited:
            parts.append(
                ngettext(
                    "%(num)s person who waited was sent a link",
                    "%(num)s people who waited were sent a link",
                    self.invited,
                )
            )
        if self.waiting:
            parts.append(
                ngettext("%(num)s of these people waits for you", "%(num)s of these people wait for you", self.waiting)
            )
        if self.content.lost:
            parts.append(_("%(count)s left out (%(places)s)", count=len(self.content.lost), places=self._places))
        return ", ".join(parts) + "."

    @property
    def _places(self) -> str:
        lost = self.content.lost
        named = ", ".join(each.place.label for each in lost[:PLACES_NAMED])
        further = len(lost) - PLACES_NAMED
        if further <= 0:
            return named
        return ngettext("%(places)s and %(num)s more", "%(places)s and %(num)s more", further, places=named)


def import_file(actor: Actor, file_name: str, data: bytes) -> FileImportResult:
    """Add the emails of a file to the allow list and return what was added, known or left out.

    Emails that are on the list stay, so that a file can be imported again. Whoever waits for the office and is on the
    list now is sent a link that confirms their email, if the office has chosen so. Raise ``UnusableFile`` if no emails
    can be read from the file, ``Forbidden`` for an actor who may not import.
    """
    content = spreadsheets.read(file_name, data)
    result = allow_list.import_emails(actor, content.emails)
    late = late_admission.admit_waiting(actor, result.added)
    added = len(result.added)
    return FileImportResult(added, result.processed - added, late.admitted, late.invited, late.waiting, content)
