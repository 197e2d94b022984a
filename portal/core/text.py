"""Normalisation of text for comparison and search, and characters that are refused or removed."""

from __future__ import annotations

import re
import unicodedata

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e]")
"""Characters that PostgreSQL or a screen cannot hold, and overrides of the direction of all text that follows."""

DIRECTION_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Invisible marks of the direction of text (UAX 9), for use inside a character class."""
_DIRECTION_MARK = re.compile(f"[{DIRECTION_MARKS}]")
_ISOLATES, _END_OF_ISOLATE = "\u2066\u2067\u2068", "\u2069"
_EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"

# Unicode's default ignorable characters (fillers, joiners, selectors, tags) and the empty Braille cell.
_SIGNS_WITHOUT_WIDTH = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_WITHOUT_WIDTH = re.compile(f"[{_SIGNS_WITHOUT_WIDTH}]+")
_INVISIBLE = re.compile(rf"[\s\x00-\x1f\x7f-\x9f{_SIGNS_WITHOUT_WIDTH}]+")

# Letters that Unicode does not decompose; apostrophes of transcriptions are dropped (Perm’ is Perm).
UNDECOMPOSED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"}
_PLAIN = str.maketrans(UNDECOMPOSED) | {ord(sign): None for sign in "'’‘ʼʻ`´"}
_CYRILLIC = str.maketrans("абвгдезиклмнопрстуфыіє", "abvgdeziklmnoprstufyie") | str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "э": "e", "ю": "yu", "я": "ya"}
    | {"ъ": None, "ь": None}
)
_ACCENT = re.compile("[\u0300-\u036f]")
LIKE_ESCAPE = "/"
_GAP = re.compile(r"[^\w|]+|_+")


def fold(text: str) -> str:
    """Return ``text`` for comparison: lower case, no accents or apostrophes, one blank for each run of separators.

    Separators are all characters but letters, digits and ``|``, which separates the names of a list.

    >>> fold("  Saint-Étienne ")
    'saint etienne'
    """
    return _GAP.sub(" ", unaccented(text).translate(_PLAIN)).strip()


def unaccented(text: str) -> str:
    """Return ``text`` in lower case, in Unicode's NFKD form and without accents: ``É`` becomes ``e``, ``й`` ``и``."""
    if text.isascii():
        return text.lower()
    return _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))


def latinise(text: str) -> str:
    """Return ``text`` folded as by ``fold`` and with Russian letters transliterated, to compare names in both scripts.

    >>> latinise("Санкт-Петербург")
    'sankt peterburg'
    """
    return fold(text).translate(_CYRILLIC)


def transliterate(text: str) -> str:
    """Return ``text`` in lower case, without accents, with Russian letters transliterated; all other characters stay.

    >>> transliterate("Пароль, 12")
    'parol, 12'
    """
    return unaccented(text).translate(_CYRILLIC)


def is_blank(text: str) -> bool:
    r"""Return whether the text has no visible character: only blanks, controls, joiners, selectors and fillers.

    >>> is_blank(" \u200b\u3164"), is_blank("\u200bA")
    (True, False)
    """
    return not _INVISIBLE.sub("", text)


def trimmed(text: str) -> str:
    r"""Return ``text`` without blanks at its ends, and nothing of a text in which nothing can be seen.

    >>> trimmed(" a\u200b b "), trimmed("\u200b \ufeff")
    ('a\u200b b', '')
    """
    return "" if is_blank(text) else text.strip()


def without_invisible(text: str) -> str:
    r"""Return ``text`` without the characters that no reader sees: joiners, selectors, direction marks and fillers.

    Blanks of any width stay, and controls too, which no text may have (``UNPRINTABLE``).

    >>> without_invisible("an\u200bna @\ufeffdemo")
    'anna @demo'
    """
    return _WITHOUT_WIDTH.sub("", text)


def has_letter(text: str) -> bool:
    """Return whether the text has a visible letter of any script.

    Some characters that Unicode counts as letters are invisible fillers.
    """
    return any(map(str.isalpha, _INVISIBLE.sub("", text)))


def like_pattern(text: str) -> str:
    """Return the pattern with which SQL's ``LIKE`` finds texts that contain ``text``, escaped by ``LIKE_ESCAPE``."""
    for special in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(special, LIKE_ESCAPE + special)
    return f"%{text}%"


def one_line(text: str) -> str:
    r"""Return ``text`` on one line: trimmed, each run of whitespace as one blank, without direction marks (UAX 9).

    Copying text often adds such marks.

    >>> one_line(" de  la\n Cruz ")
    'de la Cruz'
    """
    return " ".join(_DIRECTION_MARK.sub("", text).split())


def with_closed_directions(line: str) -> str:
    """Return ``line`` without direction marks that could reverse the text beside it (UAX 9).

    Embeddings, overrides and their ends are removed, as is an end of an isolate that has no start. Isolates that are
    still open are closed at the end of the line.
    """
    kept, isolates = "", 0
    for sign in line:
        if sign in _EMBEDDINGS or (sign == _END_OF_ISOLATE and not isolates):
            continue
        isolates += (sign in _ISOLATES) - (sign == _END_OF_ISOLATE)
        kept += sign
    return kept + _END_OF_ISOLATE * isolates


def initials(first_name: str, last_name: str) -> str:
    """Return the first letters of the names, in capitals and never joined to one sign; empty if both names are.

    Letters of scripts without capitals, such as Arabic, are separated by U+200C (zero width non-joiner).

    >>> initials("Alina", "Galieva")
    'AG'
    """
    firsts = [name[:1].upper() for name in (first_name, last_name) if name]
    may_join = any(sign.upper() == sign.lower() for sign in firsts)
    return ("\u200c" if may_join else "").join(firsts)
