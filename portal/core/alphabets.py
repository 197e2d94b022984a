"""Sort keys that put names in the order of the viewer's alphabet, whatever collation a database has.

The order follows CLDR: for readers of Russian, Cyrillic letters come before Latin ones, for others after them; Ё is
sorted as Е, and accents count only between names that are equal without them. PostgreSQL compares keys by
their bytes (``COLLATE "C"``); its own ICU collations are missing in builds without ICU, such as the embedded one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from flask_babel import get_locale

from portal.core.text import UNDECOMPOSED, one_line

READERS = ("en", "ru")
"""The languages whose readers' alphabets are known."""
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_AFTER = {
    "ґ": "г",
    "ғ": "г",
    "ә": "а",
    "ђ": "д",
    "є": "е",
    "і": "и",
    "ї": "и",
    "ј": "й",
    "қ": "к",
    "љ": "л",
    "ң": "н",
    "њ": "н",
    "ө": "о",
    "ћ": "т",
    "ұ": "у",
    "ү": "у",
    "ў": "у",
    "һ": "х",
    "џ": "ц",
}
"""Letters of other Cyrillic alphabets, and the Russian letter after which they stand."""
_UNACCENTED = {"ё": "е", "ѐ": "е", "ѝ": "и", "ѓ": "г", "ќ": "к"}
_SIGNS = dict.fromkeys("’‘ʼʻ`´", "'") | dict.fromkeys("‐‑–—", "-")
_FIRST_RANK, _LAST_RANK = "A", "~"
"""Cyrillic letters get the ranks from A on for readers of Russian: below those of Latin letters, which begin at a."""
_NO_MARK, _BETWEEN = "0", "\x01"


def viewer_language() -> str:
    """Return the language of ``READERS`` whose alphabet orders lists for the viewer of this request."""
    locale = get_locale()
    return "ru" if locale is not None and locale.language == "ru" else "en"


@lru_cache(maxsize=16384)
def sort_key(text: str, language: str) -> str:
    r"""Return the key that sorts a text for readers of ``language``, one of ``READERS``, when compared by code points.

    >>> sorted(["Чехов", "Давыдов", "Ёлкин", "Емелин", "Adams"], key=lambda name: sort_key(name, "ru"))
    ['Давыдов', 'Ёлкин', 'Емелин', 'Чехов', 'Adams']
    """
    bases, marks = [], []
    for character in unicodedata.normalize("NFC", one_line(text).casefold()):
        for base, mark in _decomposed(character):
            bases.append(_rank(base, is_russian=language == "ru"))
            marks.append(mark)
    accents = "".join(marks).rstrip(_NO_MARK)
    return "".join(bases) + (f"{_BETWEEN}{accents}" if accents else "")


def _decomposed(character: str) -> list[tuple[str, str]]:
    """Return the letters for which a character stands, each with the mark that tells it from the plain letter."""
    if character.isascii() or character in _RUSSIAN or character in _AFTER:
        return [(character, _NO_MARK)]
    if plain := _UNACCENTED.get(character) or _SIGNS.get(character):
        return [(plain, character)]
    if plain := UNDECOMPOSED.get(character):
        return [(base, character) for base in plain]
    parts = unicodedata.normalize("NFKD", character)
    bases = [part for part in parts if not unicodedata.combining(part)]
    mark = parts if len(parts) > len(bases) else _NO_MARK
    return [(base, mark) for base in bases]


def _rank(plain: str, *, is_russian: bool) -> str:
    """Return the characters whose code points rank a letter; without ``is_russian`` most letters rank by their own."""
    base = _AFTER.get(plain, plain)
    if base not in _RUSSIAN:
        return plain
    rank = chr(ord(_FIRST_RANK) + _RUSSIAN.index(base)) if is_russian else base
    # Beyond every letter, so that no word with the letter before it comes after one with this letter.
    return rank if base == plain else f"{rank}{_LAST_RANK if is_russian else chr(0xFFFD)}{plain}"
