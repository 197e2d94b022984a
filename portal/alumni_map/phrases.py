"""Phrases that the map's script completes with numbers, in the plural forms of the viewer's language."""

from __future__ import annotations

from collections.abc import Callable

from babel import Locale
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

SAMPLES = (1, 2, 5, 100)
"""Numbers that together use every plural form of the portal's languages."""
NUMBER_PLACEHOLDER = "#"


def plural_forms(phrase: Callable[[int], str]) -> dict[str, str]:
    """Return the texts of a phrase by plural category of the viewer's language (``one``, ``few``, …).

    The keys are the names of CLDR, which ``Intl.PluralRules`` of browsers also returns. ``phrase`` returns the text for
    a number.
    """
    plural = (get_locale() or Locale("en")).plural_form
    forms = {plural(number): phrase(number) for number in SAMPLES}
    return {"other": phrase(SAMPLES[-1]), **forms}


def people(number: int) -> str:
    """Return "# people" in the plural form for ``number``, with ``#`` where the map's script puts the number."""
    return ngettext("%(count)s person", "%(count)s people", number, count=NUMBER_PLACEHOLDER)


def events(number: int) -> str:
    """Return "# upcoming events" in the plural form for ``number``, with ``#`` where the map's script puts it."""
    return ngettext("%(count)s upcoming event", "%(count)s upcoming events", number, count=NUMBER_PLACEHOLDER)


def more(number: int) -> str:
    """Return "# more places" in the plural form for ``number``, with ``#`` where the map's script puts the number."""
    return ngettext("%(count)s more place", "%(count)s more places", number, count=NUMBER_PLACEHOLDER)


def map_labels() -> dict[str, object]:
    """Return the phrases that the map's script needs for its markers, in the viewer's language, as a dict for JSON.

    ``people``, ``events`` and ``more`` hold a text for each plural category, with ``#`` for the number; ``cluster``
    holds a text in which the script fills in ``{name}`` and ``{more}``.
    """
    forms = {phrase.__name__: plural_forms(phrase) for phrase in (people, events, more)}
    return {**forms, "cluster": _("{name} and {more}")}
