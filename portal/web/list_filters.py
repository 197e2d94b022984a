"""Filters of lists: the criteria of a list, as query arguments of its URL and as removable chips."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self, TypeVar


class ListFilter(ABC):
    """The criteria of a list. A subclass is a frozen dataclass whose fields are the criteria, all of them optional.

    ``list_name`` distinguishes cursors of different lists. ``not_narrowing`` names the query arguments that only choose
    an order or a tab.
    """

    __slots__ = ()
    list_name: ClassVar[str]
    not_narrowing: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def from_query_args(cls, args: Mapping[str, str]) -> Self:
        """Return the filter that the query arguments describe; values that cannot be understood are ignored."""

    @abstractmethod
    def own_query_args(self) -> dict[str, Any]:
        """Return each query argument of the filter with its value, empty values included."""

    def to_query_args(self, **changes: Any) -> dict[str, Any]:
        """Return the query arguments that ``from_query_args`` reads back, with ``changes`` applied.

        A change of ``None`` removes an argument. Empty values are left out, so that URLs stay short.
        """
        return {name: value for name, value in {**self.own_query_args(), **changes}.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether any criterion is set; an order or a tab is none."""
        return bool(self.to_query_args(**dict.fromkeys(self.not_narrowing)))

    @property
    def scope(self) -> str:
        """Text that differs for lists with other items or another order, so that each refuses cursors of the others."""
        return f"{self.list_name} {sorted(self.to_query_args().items())}"


Filter = TypeVar("Filter", bound=ListFilter)


class Chip(NamedTuple):
    """A criterion in use: its text, and the URL of the list without it."""

    label: str
    url: str


def chips_of(
    list_filter: Filter, labels: Mapping[str | tuple[str, ...], str | None], url_of: Callable[..., str]
) -> list[Chip]:
    """Return the chips of the criteria in use, in the order of ``labels``.

    ``labels`` maps a query argument, or several that count as one criterion, to its text, which is empty where the
    criterion is not in use. ``url_of(list_filter, **changes)`` returns the URL of the list with changed arguments.
    """
    return [
        Chip(label, url_of(list_filter, **dict.fromkeys((names,) if isinstance(names, str) else names)))
        for names, label in labels.items()
        if label
    ]


def parse_positive_number(text: str, largest: int) -> int | None:
    """Return the whole number from 1 to ``largest`` that ``text`` holds in ASCII digits, else ``None``."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(largest))):
        return None
    return int(text) if 0 < int(text) <= largest else None
