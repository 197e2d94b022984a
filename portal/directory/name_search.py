"""People found by what somebody remembers of their name.

A word is taken for a typing error only where no name begins with it, so that the people who are meant do not drown in
others and whoever reads on in a list meets the same order: how well a name fits depends on it and on the text alone.
Only names are searched, which every member may read; no other field can change who is found or in which order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, any_, case, cast, exists, false, func, literal, or_
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.models import Account
from portal.accounts.names import words
from portal.core.db.base import inline_literal
from portal.directory.nicknames import other_forms
from portal.profiles.policies import listed

SEARCH_MAX = 80
WORDS_MAX = 6
SHORTEST_WITH_ERRORS = 3
"""Shorter words resemble nearly everything."""
BEGUN, OTHER_FORM, RESEMBLING = 1, 2, 10
"""What a word is away from a name that it is not: it begins it, is a form of it, or is written much like it."""


@dataclass(frozen=True, slots=True)
class Match:
    """``found`` says who is meant; ``misfit`` how far the name is from what was typed, nothing for the very name."""

    found: ColumnElement[bool]
    misfit: ColumnElement[int]

    @property
    def order(self) -> tuple[UnaryExpression[Any], ...]:
        """The best first; a keyset, because the misfit depends on the text and on the one row alone."""
        return (self.misfit.asc(), Account.sort_name.asc(), Account.id.asc())


def words_to_check(text: str) -> dict[str, ColumnElement[bool]]:
    """The words of ``text`` that may be written wrongly, each with whether a listed name begins with it."""
    return {
        word: exists().where(listed(), _begins(word))
        for word in _words(text)
        if len(word) >= SHORTEST_WITH_ERRORS and not other_forms(word)
    }


def names_like(text: str, misspelled: Collection[str] = ()) -> Match:
    """Names with every word of ``text`` in any order and script: the word, its beginning, or another form of it.

    For the words in ``misspelled`` also names that are written nearly so. Text without a word finds nobody.
    """
    wanted = _words(text)
    if not wanted:
        return Match(false(), literal(0))
    matches = [_word_like(word, with_errors=word in misspelled) for word in wanted]
    misfit = sum((match.misfit for match in matches[1:]), matches[0].misfit)
    return Match(and_(*(match.found for match in matches)), misfit)


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(words(text[:SEARCH_MAX])[:WORDS_MAX]))


def _begins(word: str) -> ColumnElement[bool]:
    return Account.search.like(inline_literal(f"%|{word}%"))


def _is(*words: str) -> ColumnElement[bool]:
    """One of them; an array keeps the statement the same for any number but none."""
    if not words:
        return false()
    return Account.search.like(any_(inline_literal([f"%|{word}|%" for word in words])))


def _word_like(word: str, *, with_errors: bool) -> Match:
    if with_errors:
        return _nearly(word)
    found = [_begins(word)]
    grades: list[tuple[ColumnElement[bool], int]] = [(_is(word), 0), (_begins(word), BEGUN)]
    if forms := other_forms(word):
        grades.append((_is(*forms), OTHER_FORM))
        found.append(_is(*forms))
    return Match(or_(*found), case(*grades, else_=OTHER_FORM))


def _nearly(word: str) -> Match:
    """Nobody is known to bear the word, so its exact forms need no grade; what finds most stands first."""
    written = inline_literal(word)
    swapped = _is(*_with_letters_swapped(word))
    found = or_(written.op("<%", is_comparison=True)(Account.search), swapped, _begins(word))
    unlikeness = cast(100 * (1 - func.strict_word_similarity(written, Account.search)), Integer)
    return Match(found, case((swapped, RESEMBLING), else_=RESEMBLING + unlikeness))


def _with_letters_swapped(word: str) -> list[str]:
    """With two neighbours in each other's place: of groups of three letters a short word then has none in common."""
    pairs = range(len(word) - 1)
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in pairs)
    return [variant for variant in swapped if variant != word]
