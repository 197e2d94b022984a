"""Similar spellings: which names a misspelled text may stand for."""

from __future__ import annotations

from collections.abc import Iterator

CHARACTERS_PER_MISTAKE = 4
MISTAKES_MAX = 3


def is_near(typed: str, names: str) -> bool:
    """Return whether the text may be a misspelled name, a word of one, or the beginning of either.

    ``names`` are separated by bars, as in ``City.search``. One mistake is forgiven for every four letters, at most
    three: names that only end alike, such as Nowhereville and Sayreville, are not near.
    """
    allowed = min(len(typed) // CHARACTERS_PER_MISTAKE, MISTAKES_MAX)
    return any(
        _mistakes(typed, candidate, allowed) <= allowed
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


def _mistakes(one: str, other: str, allowed: int) -> int:
    """Return how many characters to add, drop, change or swap to make the texts equal, at most ``allowed`` + 1."""
    if abs(len(one) - len(other)) > allowed:
        return allowed + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        last, before, row = before, row, [at]
        for place, opposite in enumerate(other, start=1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (character != opposite))
            if at > 1 and place > 1 and character == other[place - 2] and one[at - 2] == opposite:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return allowed + 1
    return row[-1]
