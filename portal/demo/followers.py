"""Who follows whom in the demo: classmates and neighbours, often both ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from portal.demo.people import Person

SEED = 2020
SHARE, MOST, RETURNED = 0.08, 5, 0.4
"""Which part of the people follows anybody, how many at most, and how often they are followed back."""

Pair = tuple[Person, Person]


def everything(crowd: list[Person]) -> list[Pair]:
    """Each follower with whom they follow; the same for the same people. The first of the cast know each other."""
    listed = [person for person in crowd if person.is_listed]
    dice = Random(SEED)  # noqa: S311 - made-up people, not secrets
    pairs: dict[Pair, None] = dict.fromkeys(pairwise([*listed[:3], listed[0]]))
    for follower, followed in _drawn(dice, listed):
        pairs[follower, followed] = None
        if dice.random() < RETURNED:
            pairs[followed, follower] = None
    return list(pairs)


def _drawn(dice: Random, listed: list[Person]) -> Iterator[Pair]:
    circles: dict[object, list[Person]] = defaultdict(list)
    for person in listed:
        for circle in _circles(person):
            circles[circle].append(person)
    for follower in listed[:3] + [person for person in listed[3:] if dice.random() < SHARE]:
        for circle in dice.choices(_circles(follower), k=dice.randint(1, MOST)):
            followed = dice.choice(circles[circle])
            if followed is not follower:
                yield follower, followed


def _circles(person: Person) -> list[object]:
    """What a person may know others from: the class, the city, or at least the portal."""
    return [place for place in (person.year, person.home) if place is not None] or ["portal"]


def row(pair: Pair, today: datetime) -> dict[str, Any]:
    """Made at some time after both had joined, the same for the same two."""
    follower, followed = pair
    since = max(follower.joined_at, followed.joined_at)
    part = Random(f"{follower.number} {followed.number}").random()  # noqa: S311 - made-up people, not secrets
    return {
        "follower_id": follower.id,
        "followed_id": followed.id,
        "created_at": since + (today - since) * part,
    }
