"""Search for people by what is remembered of their name.

A word counts as a typing error only where no name begins with it. Otherwise the people who are meant would drown in
similar names, and a list would change its order from page to page: how well a name matches depends on the name and on
the text alone. Members search names only, which every member may read, so that no hidden field can change who is found
or in which order; the alumni office searches emails too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.emails import clean
from portal.accounts.models import Account
from portal.accounts.names import words
from portal.core.alphabets import viewer_language
from portal.core.db.base import inline_literal
from portal.core.text import without_invisible
from portal.directory.nicknames import other_forms
from portal.profiles.policies import listed

SEARCH_MAX = 80
WORDS_MAX = 6
SHORTEST_WITH_ERRORS = 3
"""Length from which a word may be misspelled; shorter words resemble nearly every name."""
PREFIX, OTHER_FORM, SIMILAR = 1, 2, 10
"""Distances of a searched word from a name that begins with it, is another form of it, or is spelled similarly."""
OTHER = aliased(Account)


@dataclass(frozen=True, slots=True)
class Match:
    """SQL expressions about ``Account`` that compare names with a searched text.

    ``condition`` is true for the accounts that match; ``distance`` is how far their names are from the text, 0 for
    equal names.
    """

    condition: ColumnElement[bool]
    distance: ColumnElement[int]

    @property
    def order(self) -> tuple[UnaryExpression[Any], ...]:
        """The ORDER BY terms of a list with the best match first, then by surname and id.

        They suit keyset pages, because the distance depends on one row and the text alone.
        """
        return (self.distance.asc(), *by_name())


def by_name() -> tuple[UnaryExpression[Any], ...]:
    """Return the ORDER BY terms of a list by surname in the alphabet of the viewer, then by id.

    A cursor that was made for readers of another language leads to the same person, or the place where they would be.
    """
    column = Account.sort_name_ru if viewer_language() == "ru" else Account.sort_name
    return column.asc(), Account.id.asc()


def spelling_checks(text: str) -> dict[str, ColumnElement[bool]]:
    """Return an SQL condition per word of ``text`` that may be misspelled: whether a listed name begins with it.

    The conditions are keyed by the word in the spelling of ``accounts.names.words``. Words with fewer than three
    letters or with known short forms are left out.
    """
    return {word: exists().where(listed(), begins(word)) for word in searched_words(text) if _may_be_misspelled(word)}


def match_names(text: str, misspelled: Collection[str] = ()) -> Match:
    """Return the SQL match of names with all words of ``text``, in any order and script.

    A name matches a word if it begins with it or is another form of it; a word in ``misspelled`` also matches names
    that are spelled similarly. Only the first ``SEARCH_MAX`` characters and ``WORDS_MAX`` words count. Text without a
    word matches nobody.
    """
    searched = searched_words(text)
    if not searched:
        return Match(false(), literal(0))
    matches = [_match_word(word, with_errors=word in misspelled) for word in searched]
    distance = sum((match.distance for match in matches[1:]), matches[0].distance)
    return Match(and_(*(match.condition for match in matches)), distance)


def match_names_and_emails(text: str) -> list[ColumnElement[bool]]:
    """Return one SQL condition on ``Account`` for each word of ``text``: the word is part of the email, or of a name.

    Only for the alumni office, which may read every email: accounts of any status are found. Names match as for
    members, in any script and word order; names that are spelled similarly match a word with which no name begins and
    that no email contains. The list is empty for text without a word.
    """
    parts = without_invisible(text).lower().split()
    pasted = ((part, clean(part)) for part in parts)
    return [
        _match_name_or_email(part) for part in dict.fromkeys(email if "@" in email else part for part, email in pasted)
    ]


def _match_name_or_email(part: str) -> ColumnElement[bool]:
    """Return the SQL condition that an email contains ``part``, or that a name matches all words in it.

    ``part`` has no blank, but may hold several words of a name, as ``mueller-demo`` does.
    """
    in_email = func.lower(Account.email).contains(part, autoescape=True)
    in_other_email = func.lower(OTHER.email).contains(part, autoescape=True)
    names = [_match_with_errors_unless(in_other_email, word) for word in searched_words(part)]
    return or_(in_email, and_(*names)) if names else in_email


def _match_with_errors_unless(is_known: ColumnElement[bool], word: str) -> ColumnElement[bool]:
    exact = _id_in(_match_word(word, with_errors=False).condition)
    if not _may_be_misspelled(word):
        return exact
    is_misspelled = ~exists().where(or_(begins(word, OTHER.search), is_known))
    return or_(exact, and_(is_misspelled, _id_in(_is_similar(word), equals_any(*_with_swaps(word)))))


def _id_in(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the SQL condition that an account satisfies one of the conditions.

    It is written so that PostgreSQL uses an index for each of them.
    """
    return Account.id.in_(union_all(*(select(Account.id).where(each).correlate(None) for each in conditions)))


def searched_words(text: str) -> list[str]:
    """Return the words of a searched text that count, each once, in the spelling of ``accounts.names.words``."""
    return list(dict.fromkeys(words(text[:SEARCH_MAX])[:WORDS_MAX]))


def _may_be_misspelled(word: str) -> bool:
    return len(word) >= SHORTEST_WITH_ERRORS and not other_forms(word)


def begins(word: str, names: InstrumentedAttribute[str] = Account.search) -> ColumnElement[bool]:
    """Return the SQL condition that a word of an account's names begins with ``word``."""
    return names.like(inline_literal(f"%|{word}%"))


def equals_any(*candidates: str) -> ColumnElement[bool]:
    """Return the SQL condition that a word of an account's names is one of the candidates; false without any.

    The candidates are one array, so that their number does not change the statement.
    """
    if not candidates:
        return false()
    return Account.search.like(any_(inline_literal([f"%|{word}|%" for word in candidates])))


def _match_word(word: str, *, with_errors: bool) -> Match:
    if with_errors:
        return _match_similar(word)
    conditions = [begins(word)]
    grades: list[tuple[ColumnElement[bool], int]] = [(equals_any(word), 0), (begins(word), PREFIX)]
    if forms := other_forms(word):
        grades.append((equals_any(*forms), OTHER_FORM))
        conditions.append(equals_any(*forms))
    return Match(or_(*conditions), case(*grades, else_=OTHER_FORM))


def _match_similar(word: str) -> Match:
    """Return the SQL match of names that are spelled similarly to a word with which no listed name begins.

    Names that differ by two swapped letters come first, then the most similar. Exact matches need no grade: there are
    none.
    """
    swapped = equals_any(*_with_swaps(word))
    similarity = func.strict_word_similarity(inline_literal(word), Account.search)
    dissimilarity = cast(100 * (1 - similarity), Integer)
    condition = or_(_is_similar(word), swapped, begins(word))
    return Match(condition, case((swapped, SIMILAR), else_=SIMILAR + dissimilarity))


def _is_similar(word: str) -> ColumnElement[bool]:
    """Return the SQL condition that a part of an account's names shares enough trigrams with the word."""
    return inline_literal(word).op("<%", is_comparison=True)(Account.search)


def _with_swaps(word: str) -> list[str]:
    """Return the variants of a word with two neighbouring letters swapped.

    Such a variant of a short word shares no trigram with it.
    """
    pairs = range(len(word) - 1)
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in pairs)
    return [variant for variant in swapped if variant != word]
