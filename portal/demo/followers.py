"""Who follows whom in the demo data: classmates and people of one city, often mutually."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from portal.demo.people import DemoPerson

SEED = 2020
FOLLOWER_SHARE, MAX_FOLLOWED, FOLLOW_BACK_SHARE = 0.08, 5, 0.4
"""The share of people who follow anybody, how many at most, and the share of them who are followed back."""

Pair = tuple[DemoPerson, DemoPerson]
"""A follower and the person whom they follow."""


def follower_pairs(people: list[DemoPerson]) -> list[Pair]:
    """Return who follows whom among listed people, without duplicates and always the same for the same people.

    Each pair is a follower and the person whom they follow. The first listed person follows the second, who follows the
    third, who follows the first.
    """
    listed = [person for person in people if person.is_listed]
    rng = Random(SEED)  # noqa: S311 - demo data, not secrets
    pairs: dict[Pair, None] = dict.fromkeys(pairwise([*listed[:3], listed[0]]))
    for follower, followed in _random_pairs(rng, listed):
        pairs[follower, followed] = None
        if rng.random() < FOLLOW_BACK_SHARE:
            pairs[followed, follower] = None
    return list(pairs)


def _random_pairs(rng: Random, listed: list[DemoPerson]) -> Iterator[Pair]:
    groups: dict[object, list[DemoPerson]] = defaultdict(list)
    for person in listed:
        for group in _groups_of(person):
            groups[group].append(person)
    for follower in listed[:3] + [person for person in listed[3:] if rng.random() < FOLLOWER_SHARE]:
        for group in rng.choices(_groups_of(follower), k=rng.randint(1, MAX_FOLLOWED)):
            followed = rng.choice(groups[group])
            if followed is not follower:
                yield follower, followed


def _groups_of(person: DemoPerson) -> list[object]:
    """Return the class year and the city of a person, where others may know them from, or ``["portal"]``."""
    return [group for group in (person.year, person.city) if group is not None] or ["portal"]


def follow_row(pair: Pair, today: datetime) -> dict[str, Any]:
    """Return the values of a ``Follow`` row, by column; it was created at some time after both people had joined.

    The time is before ``today``, and always the same for a pair and a day.
    """
    follower, followed = pair
    since = max(follower.joined_at, followed.joined_at)
    share = Random(f"{follower.number} {followed.number}").random()  # noqa: S311 - demo data, not secrets
    return {
        "follower_id": follower.id,
        "followed_id": followed.id,
        "created_at": since + (today - since) * share,
    }
