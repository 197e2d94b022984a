"""Sentences that a map's script completes with numbers: the plural forms of the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from babel import Locale
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

SAMPLES = (1, 2, 5, 100)
"""Together they meet every plural form of the portal's languages."""
PLACE_OF_NUMBER = "#"


def plural_forms(phrase: Callable[[int], str]) -> dict[str, str]:
    """The phrase by plural category (``one``, ``few`` ...), as browsers name them."""
    plural = (get_locale() or Locale("en")).plural_form
    forms = {plural(number): phrase(number) for number in SAMPLES}
    return {"other": phrase(SAMPLES[-1]), **forms}


def people(number: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", number, count=PLACE_OF_NUMBER)


def events(number: int) -> str:
    return ngettext("%(count)s upcoming event", "%(count)s upcoming events", number, count=PLACE_OF_NUMBER)


def more(number: int) -> str:
    return ngettext("%(count)s more place", "%(count)s more places", number, count=PLACE_OF_NUMBER)


def map_words() -> dict[str, object]:
    """What the map's script says of bubbles; ``{name}`` and ``{more}`` are filled in there."""
    forms = {phrase.__name__: plural_forms(phrase) for phrase in (people, events, more)}
    return {**forms, "cluster": _("{name} and {more}")}
