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
    """Return the phrase by plural category (``one``, ``few``, …) as named by CLDR and browsers."""
    plural = (get_locale() or Locale("en")).plural_form
    forms = {plural(number): phrase(number) for number in SAMPLES}
    return {"other": phrase(SAMPLES[-1]), **forms}


def people(number: int) -> str:
    """Return the phrase for a number of people."""
    return ngettext("%(count)s person", "%(count)s people", number, count=NUMBER_PLACEHOLDER)


def events(number: int) -> str:
    """Return the phrase for a number of upcoming events."""
    return ngettext("%(count)s upcoming event", "%(count)s upcoming events", number, count=NUMBER_PLACEHOLDER)


def more(number: int) -> str:
    """Return the phrase for a number of further places in a cluster."""
    return ngettext("%(count)s more place", "%(count)s more places", number, count=NUMBER_PLACEHOLDER)


def map_labels() -> dict[str, object]:
    """Return the phrases for the markers; the script fills in ``{name}`` and ``{more}``."""
    forms = {phrase.__name__: plural_forms(phrase) for phrase in (people, events, more)}
    return {**forms, "cluster": _("{name} and {more}")}
