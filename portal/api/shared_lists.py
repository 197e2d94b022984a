"""JSON of lists that is the same for most callers of a kind, and therefore remembered (``core/db/remembered.py``)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from orjson import Fragment

from portal.api.endpoint import dump
from portal.api.schemas import envelope
from portal.core.actor import Actor
from portal.core.db.content_versions import Content
from portal.core.db.lists import Page, kind_of, nobody_like
from portal.core.db.remembered import Remembered

Row = TypeVar("Row")
Record = TypeVar("Record")
ID_BYTES = 100
"""What one id of a set occupies."""


@dataclass(frozen=True, slots=True)
class _Shared(Generic[Record]):
    """A page for everybody of a kind but those to whom it shows something else, and its JSON."""

    page: Page[Record]
    json: bytes
    personal_to: frozenset[uuid.UUID]


def _unchanged(_actor: Actor, records: list[Record]) -> list[Record]:
    return records


class SharedList(Generic[Row, Record]):
    """A list named ``name`` of which callers of one kind and class year get the same JSON, with some exceptions.

    ``record`` makes of a row what the JSON consists of. ``personal_to`` returns, for the rows of a page as somebody
    sees them who is in none, the account ids of those who would see another page: they get their own, which is not
    remembered. ``personalised`` returns the records of a page with what says something about the caller, such as whom
    they follow, or the very list if that is nothing.
    """

    def __init__(
        self,
        name: str,
        *contents: Content,
        record: Callable[[Row], Record],
        personal_to: Callable[[list[Row]], Iterable[uuid.UUID]],
        personalised: Callable[[Actor, list[Record]], list[Record]] = _unchanged,
    ) -> None:
        self._record = record
        self._personal_to = personal_to
        self._personalised = personalised
        # The records hold about as much as their JSON.
        self._answers: Remembered[_Shared[Record]] = Remembered(
            name, *contents, size=lambda shared: 2 * len(shared.json) + ID_BYTES * len(shared.personal_to)
        )

    def answer(self, actor: Actor, key: Hashable, read: Callable[[Actor], Page[Row]]) -> Any:
        """Return the JSON of the page that ``read`` returns for an actor; ``key`` are its filters, cursor and limit."""

        def for_nobody() -> _Shared[Record]:
            rows = read(nobody_like(actor))
            page = rows.map(self._record)
            return _Shared(page, dump(envelope(page)), frozenset(self._personal_to(rows.items)))

        def own() -> dict[str, Any]:
            return envelope(read(actor).map(self._record))

        if not self._answers.is_possible:
            return own()
        shared = self._answers.get((kind_of(actor), actor.class_year, key), for_nobody)
        if actor.account_id in shared.personal_to:
            return own()
        records = self._personalised(actor, shared.page.items)
        return Fragment(shared.json) if records is shared.page.items else envelope(replace(shared.page, items=records))
