"""Text as people compare it, and what can be no part of it."""

from __future__ import annotations

import re
import unicodedata

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e]")
"""What a database or a screen cannot hold, and what turns the direction of a text round for all that follows it."""

DIRECTION_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""For the inside of a character class: what says in which direction to read (UAX 9) and shows nothing itself."""
_DIRECTION_MARK = re.compile(f"[{DIRECTION_MARKS}]")
_ISOLATES, _END_OF_ISOLATE = "\u2066\u2067\u2068", "\u2069"
_EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"

# Blanks, controls, what Unicode calls default ignorable (fillers, joiners, selectors, tags), the empty Braille cell.
_NOTHING_TO_SEE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)

# Letters that Unicode does not decompose; apostrophes of transcriptions are dropped (Perm’ is Perm).
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"}) | {
    ord(sign): None for sign in "'’‘ʼʻ`´"
}
_CYRILLIC = str.maketrans("абвгдезиклмнопрстуфыіє", "abvgdeziklmnoprstufyie") | str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "э": "e", "ю": "yu", "я": "ya"}
    | {"ъ": None, "ь": None}
)
_ACCENT = re.compile("[\u0300-\u036f]")
_GAP = re.compile(r"[^\w|]+|_+")


def fold(text: str) -> str:
    """Case, accents, apostrophes and the kind of separator set aside; ``|`` is kept for lists of names.

    >>> fold("  Saint-Étienne ")
    'saint etienne'
    """
    return _GAP.sub(" ", unaccented(text).translate(_PLAIN)).strip()


def unaccented(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    return _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))


def latinise(text: str) -> str:
    """``fold``, with Russian letters written in Latin ones: what is typed in either script can be compared.

    >>> latinise("Санкт-Петербург")
    'sankt peterburg'
    """
    return fold(text).translate(_CYRILLIC)


def transliterate(text: str) -> str:
    """Russian letters written in Latin ones, in lower case; signs and gaps stay as they are.

    >>> transliterate("Пароль, 12")
    'parol, 12'
    """
    return unaccented(text).translate(_CYRILLIC)


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing; signs that only join or shape others are nothing by themselves.

    >>> is_blank(" \\u200b\\u3164"), is_blank("\\u200bA")
    (True, False)
    """
    return not _NOTHING_TO_SEE.sub("", text)


def has_letter(text: str) -> bool:
    """Whether a reader would see a letter: some that Unicode calls letters only fill a gap."""
    return any(map(str.isalpha, _NOTHING_TO_SEE.sub("", text)))


def one_line(text: str) -> str:
    """Without surrounding or repeated blanks, line ends and marks of direction, which often come along with a copy.

    >>> one_line(" de  la\\n Cruz ")
    'de la Cruz'
    """
    return " ".join(_DIRECTION_MARK.sub("", text).split())


def with_closed_directions(line: str) -> str:
    """Without what would turn round the text beside it: isolates that do not end or never began, and embeddings."""
    kept, isolates = "", 0
    for sign in line:
        if sign in _EMBEDDINGS or (sign == _END_OF_ISOLATE and not isolates):
            continue
        isolates += (sign in _ISOLATES) - (sign == _END_OF_ISOLATE)
        kept += sign
    return kept + _END_OF_ISOLATE * isolates
