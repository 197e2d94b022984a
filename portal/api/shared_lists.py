"""JSON of lists that is the same for most callers of a kind, and therefore remembered (``core/db/remembered.py``)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from orjson import Fragment

from portal.api.endpoint import dump
from portal.api.schemas import envelope
from portal.core.actor import Actor
from portal.core.db.content_versions import Content
from portal.core.db.lists import Page, kind_of, nobody_like
from portal.core.db.remembered import Remembered

Row = TypeVar("Row")
ID_BYTES = 100
"""What one id of a set occupies."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """The JSON of a page for everybody of a kind but those to whom the page shows something else."""

    json: bytes
    personal_to: frozenset[uuid.UUID]


class SharedList(Generic[Row]):
    """A list named ``name`` of which callers of one kind and class year get the same JSON, with some exceptions.

    ``record`` makes of a row what the JSON consists of. ``personal_to`` returns, for the rows of a page as somebody
    sees them who is in none, the account ids of those who would see another page: they get their own, which is not
    remembered.
    """

    def __init__(
        self,
        name: str,
        *contents: Content,
        record: Callable[[Row], object],
        personal_to: Callable[[list[Row]], Iterable[uuid.UUID]],
    ) -> None:
        self._record = record
        self._personal_to = personal_to
        self._answers: Remembered[_Shared] = Remembered(
            name, *contents, size=lambda shared: len(shared.json) + ID_BYTES * len(shared.personal_to)
        )

    def answer(self, actor: Actor, key: Hashable, read: Callable[[Actor], Page[Row]]) -> Any:
        """Return the JSON of the page that ``read`` returns for an actor; ``key`` are its filters, cursor and limit."""

        def for_nobody() -> _Shared:
            page = read(nobody_like(actor))
            return _Shared(dump(envelope(page.map(self._record))), frozenset(self._personal_to(page.items)))

        shared = self._answers.get((kind_of(actor), actor.class_year, key), for_nobody)
        if actor.account_id in shared.personal_to:
            return envelope(read(actor).map(self._record))
        return Fragment(shared.json)
