"""Names as they are searched and sorted: one spelling for all scripts and all usual ways to write a name in Latin.

A search passes the typed text through the same functions, so it matters only that two spellings of a name become
equal, and not how the result looks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from portal.core.alphabets import sort_key
from portal.core.text import latinise

SORT_NAME_MAX = 200
REPETITION_MAX = 3

# In this order: each rule sees what those before it left.
_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
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
    """Return the words of a name, each in the one spelling that stands for all its spellings and scripts.

    >>> words("Щербакова-Müller Юлия")
    ('sherbakova', 'muler', 'iulia')
    """
    return tuple(filter(None, map(_searched_spelling, _latin(text).split())))


def search_text(*names: str | None) -> str:
    """Return the words of several names in the spelling of ``words``, each once, between bars: ``|ivan|petrov|``.

    Names that are ``None`` or empty are left out.
    """
    unique = dict.fromkeys(words(" ".join(filter(None, names))))
    return f"|{'|'.join(unique)}|"


def sort_name(first: str, last: str, language: str = "en") -> str:
    """Return the key that sorts a name by surname for readers of a language, at most 200 characters long.

    ``language`` is one of ``core.alphabets.READERS``. Keys are compared by their code points.
    """
    return sort_key(f"{last} {first}", language)[:SORT_NAME_MAX]


def _latin(text: str) -> str:
    """Return a text in Latin letters without accents: Russian letters by our table, all others by anyascii."""
    latinised = latinise(text)
    return latinised if latinised.isascii() else latinise(anyascii(latinised))


def _searched_spelling(word: str) -> str:
    """Return a Latin word after the spelling rules; a word of four or more equal letters is returned unchanged.

    Reduced to one letter, it would match the beginning of half of all names.
    """
    spelled = word
    for pattern, replacement in _SPELLINGS:
        spelled = pattern.sub(replacement, spelled)
    return word if len(spelled) == 1 and len(word) > REPETITION_MAX else spelled
