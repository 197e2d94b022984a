"""What the public may see of a number of people: never so much that one person can be told from it.

Numbers below ``LEAST`` are suppressed and others rounded to ``STEP``, as official statistics do. A number that has been
published stays until so many people have come or gone that no single one of them decided it: comparing what was
published on two days tells nothing about a person.
"""

from __future__ import annotations

LEAST = 10
STEP = 5


def published(exact: int, before: int | None = None) -> int:
    """Return the number to publish for ``exact`` people, 0 if it is suppressed.

    ``before`` is the number published last, 0 if it was suppressed and ``None`` if there was none: it is published
    again unless ``exact`` is at least ``STEP`` away from it, or, after a suppressed one, from ``LEAST``.

    >>> published(9), published(12), published(13), published(13, before=10), published(15, before=10)
    (0, 10, 15, 10, 15)
    """
    if before is not None and abs(exact - before) < STEP:
        return before
    least = LEAST + STEP if before == 0 else LEAST
    return 0 if exact < least else STEP * round(exact / STEP)
