"""The base of all filters of lists, on a small filter of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

import pytest

from portal.web.list_filters import Chip, ListFilter, chips_of, parse_positive_number


@dataclass(frozen=True, slots=True)
class BookFilter(ListFilter):
    list_name = "books"
    not_narrowing = ("sort",)

    title: str = ""
    year: int | None = None
    sort: str = ""

    @classmethod
    def from_query_args(cls, args: Mapping[str, str]) -> Self:
        return cls(args.get("q", ""), parse_positive_number(args.get("year", ""), 2100), args.get("sort", ""))

    def own_query_args(self) -> dict[str, Any]:
        return {"q": self.title, "year": self.year, "sort": self.sort}


def books_url(book_filter: BookFilter, **changes: Any) -> str:
    return f"/books?{urlencode(book_filter.to_query_args(**changes))}"


def test_query_args_are_read_back() -> None:
    book_filter = BookFilter.from_query_args({"q": "sea", "year": "1998", "unknown": "1"})
    assert book_filter.to_query_args() == {"q": "sea", "year": 1998}
    assert BookFilter.from_query_args({"q": "sea", "year": "1998"}) == book_filter


def test_changes_replace_and_remove_query_args() -> None:
    assert BookFilter("sea", 1998).to_query_args(year=None, until="cursor") == {"q": "sea", "until": "cursor"}


@pytest.mark.parametrize(
    ("book_filter", "is_narrowed"),
    [(BookFilter(), False), (BookFilter(sort="year"), False), (BookFilter("sea", sort="year"), True)],
)
def test_an_order_alone_does_not_narrow(book_filter: BookFilter, is_narrowed: bool) -> None:
    assert book_filter.is_narrowed is is_narrowed


def test_scopes_of_different_lists_differ() -> None:
    filters = [BookFilter(), BookFilter("sea"), BookFilter(year=1998), BookFilter(sort="year")]
    assert len({book_filter.scope for book_filter in filters}) == len(filters)


def test_chips_name_the_criteria_in_use_with_the_url_without_them() -> None:
    book_filter = BookFilter("sea", 1998, "year")
    labels: dict[str | tuple[str, ...], str | None] = {"q": "sea", ("year", "sort"): "1998", "author": None}
    assert chips_of(book_filter, labels, books_url) == [
        Chip("sea", "/books?year=1998&sort=year"),
        Chip("1998", "/books?q=sea"),
    ]


@pytest.mark.parametrize("text", ["", "0", "2101", "99999", "-1", "1.5", "٣", "²", "1998\n"])
def test_text_that_is_no_number_in_range_is_ignored(text: str) -> None:
    assert parse_positive_number(text, 2100) is None
