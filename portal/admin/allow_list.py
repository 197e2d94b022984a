"""The allow list from a file, for the page, the API and the command alike."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import ngettext

from portal.accounts.registration import allow_list
from portal.admin import spreadsheets
from portal.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file; ``examples`` are a few of the rows that are no mail address."""

    added: int
    known: int
    skipped: int
    examples: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it in words."""
        parts = [ngettext("%(num)s address added", "%(num)s addresses added", self.added)]
        if self.known:
            parts.append(ngettext("%(num)s was on the list already", "%(num)s were on the list already", self.known))
        if self.skipped:
            parts.append(
                ngettext("%(num)s row has no email address", "%(num)s rows have no email address", self.skipped)
            )
        return ", ".join(parts) + "."


def import_file(actor: Actor, name: str, data: bytes) -> Imported:
    """Put the addresses of a file on the list; sending it twice changes nothing. Raises ``UnusableFile``."""
    reading = spreadsheets.read(name, data)
    result = allow_list.import_addresses(actor, reading.addresses)
    return Imported(result.added, result.processed - result.added, reading.skipped, reading.examples)
