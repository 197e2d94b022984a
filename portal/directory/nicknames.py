"""Other forms of first names: Саша for Александр and Александра, Kate for Екатерина.

The table is our own, because libraries with short forms know those of one language only. Each line of it holds the
forms of one name; a form may stand in several lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from pathlib import Path

from portal.accounts.names import words

TABLE = Path(__file__).parent / "nicknames.txt"


def other_forms(word: str) -> tuple[str, ...]:
    """Return the other forms of a first name, such as ``sasha`` for ``aleksandr``; an empty tuple if none is known.

    ``word`` and the forms are in the spelling of ``accounts.names.words``.
    """
    return _forms().get(word, ())


def known_forms() -> Collection[str]:
    """Return every first name and short form of the table, in the spelling of ``accounts.names.words``."""
    return _forms().keys()


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    known: dict[str, dict[str, None]] = defaultdict(dict)
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        forms = words(line)
        for form in forms:
            known[form] |= dict.fromkeys(other for other in forms if other != form)
    return {form: tuple(others) for form, others in known.items()}
