"""Names as they are searched and sorted: one spelling for all scripts and all usual ways to write a name in Latin.

Whoever looks for somebody runs what was typed through the same functions, so only the sameness of two spellings
matters here and never how a spelling looks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from portal.core.text import latinise

SORT_NAME_MAX = 200
LONGEST_OF_ONE_LETTER = 3

# In this order: each rule sees what those before it left.
_SPELLINGS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("tsch|tch|cz", "ch"),  # Tschaikowsky is Чайковский, Kowalczyk Ковальчик
        ("shch|sch", "sh"),  # Scherbakov is Щербаков, Schmidt is Шмидт
        ("ck|q|c(?![hei])", "k"),  # Victor is Viktor
        ("t[sz]", "c"),
        ("kh", "h"),
        ("th", "t"),
        (r"(?<=[^\Waeiou])yo", "e"),  # Fyodor is Фёдор
        ("x", "ks"),
        ("w", "v"),
        ("ph", "f"),
        (r"(?<=\w{3}[eo])f+$", "v"),  # Petroff is Petrov
        ("dzh|[jy]", "i"),  # Yulia, Julia and Iuliia are Юлия
        ("ie", "e"),  # Yelena is Elena
        ("([aou])e", r"\1"),  # Mueller is Müller
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a name in the spelling that is searched.

    >>> words("Щербакова-Müller Юлия")
    ('sherbakova', 'muler', 'iulia')
    """
    return tuple(filter(None, map(_spelled, _latin(text).split())))


def search_text(*names: str | None) -> str:
    """Every word of somebody's names, in all their spellings, between bars: ``|ivan|petrov|``."""
    every = dict.fromkeys(words(" ".join(filter(None, names))))
    return f"|{'|'.join(every)}|"


def sort_name(first: str, last: str) -> str:
    """Where a name stands in a list: by surname, whatever its script and its accents.

    >>> sort_name("Илья", "Żółć")
    'zolc ilya'
    """
    return _latin(f"{last} {first}")[:SORT_NAME_MAX]


def _latin(text: str) -> str:
    """``latinise`` for every script: its Russian letters first, then what else there is."""
    known = latinise(text)
    return known if known.isascii() else latinise(anyascii(known))


def _spelled(word: str) -> str:
    """A long word of one letter stays as it is: shortened to that letter, it would be how half of all names begin."""
    spelled = word
    for pattern, instead in _SPELLINGS:
        spelled = pattern.sub(instead, spelled)
    return word if len(spelled) == 1 and len(word) > LONGEST_OF_ONE_LETTER else spelled
