"""What the pages of the alumni office show."""

from __future__ import annotations

from tests.support.clients import PageResponse


def names(shown: PageResponse) -> set[str]:
    """Return the names in the list of people."""
    return set(shown.texts("#people-list .row-title"))
