"""Similar spellings: which names a misspelled text may stand for."""

from __future__ import annotations

from collections.abc import Iterator

from portal.core.spelling import mistakes

CHARACTERS_PER_MISTAKE = 4
MISTAKES_MAX = 3


def is_near(typed: str, names: str) -> bool:
    """Return whether the text may be a misspelled name, a word of one, or the beginning of either.

    ``names`` are separated by bars, as in ``City.search``. One mistake is forgiven for every four letters, at most
    three: names that only end alike, such as Nowhereville and Sayreville, are not near.
    """
    allowed = min(len(typed) // CHARACTERS_PER_MISTAKE, MISTAKES_MAX)
    return any(
        mistakes(typed, candidate, allowed) <= allowed
        for name in names.split("|")
        for candidate in _beginnings(name, len(typed), allowed)
    )


def _beginnings(name: str, length: int, allowed: int) -> Iterator[str]:
    """Yield the parts of a name that begin with a word of it, whole or cut to about ``length`` characters."""
    words = name.split(" ")
    for first in range(len(words)):
        rest = " ".join(words[first:])
        if len(rest) >= length - allowed:
            yield from {rest[:end] for end in range(length - 1, length + 2) if end > 0}
