"""How people are tied to others, as profiles show it.

The room of follows lies above this one and knows the answers; it registers the one function that gives them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from portal.core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """One person's ties: how many people, and whether the reader is among them.

    ``may_follow``: following this person is open to the reader at all.
    """

    followers: int = 0
    following: int = 0
    is_following: bool = False
    follows_reader: bool = False
    may_follow: bool = False

    @property
    def is_mutual(self) -> bool:
        return self.is_following and self.follows_reader


UNTIED = Ties()

Reader = Callable[[Actor, Collection[uuid.UUID]], Mapping[uuid.UUID, Ties]]
_readers: list[Reader] = []


def reads_ties(reader: Reader) -> Reader:
    """Register what knows the ties of many people, in one statement; whom it leaves out has none."""
    _readers[:] = [reader]
    return reader


def ties_of(actor: Actor, account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Ties]:
    """The ties of each of these people, as the actor may know them."""
    known: dict[uuid.UUID, Ties] = dict.fromkeys(account_ids, UNTIED)
    if known:
        for reader in _readers:
            known.update(reader(actor, known.keys()))
    return known


def ties_to(actor: Actor, account_id: uuid.UUID) -> Ties:
    """The ties of one person."""
    return ties_of(actor, [account_id])[account_id]
