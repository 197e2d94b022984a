"""Mistakes in spelling: how many of them make one text of another."""

from __future__ import annotations


def mistakes(one: str, other: str, most: int) -> int:
    """Return the number of mistakes that turn one text into another, or ``most + 1`` if there are more than ``most``.

    They are inserted, removed and replaced characters, and pairs of neighbouring characters that are swapped.

    >>> mistakes("galveaa", "galeva", 3), mistakes("galveaa", "galeva", 1)
    (2, 2)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        above, before, row = before, row, [at]
        for place, opposite in enumerate(other, start=1):
            fewest = min(before[place] + 1, row[-1] + 1, before[place - 1] + (character != opposite))
            is_swapped = at > 1 and place > 1 and (character, one[at - 2]) == (other[place - 2], opposite)
            row.append(min(fewest, above[place - 2] + 1) if is_swapped else fewest)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
