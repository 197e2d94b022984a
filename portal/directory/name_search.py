"""Search for people by what is remembered of their name.

A word counts as a typing error only where no name begins with it. Otherwise the people who are meant would drown in
similar names, and a list would change its order from page to page: how well a name matches depends on the name and on
the text alone. Members search names only, which every member may read, so that no hidden field can change who is found
or in which order; the alumni office searches emails too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Label,
    Text,
    and_,
    any_,
    bindparam,
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
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.emails import clean
from portal.accounts.models import Account
from portal.accounts.names import words
from portal.core.db.base import inline_literal
from portal.core.db.raw_queries import RawQuery
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

    def order(self, language: str) -> tuple[UnaryExpression[Any], ...]:
        """Return the ORDER BY terms of a list with the best match first, then by surname and id as ``by_name``.

        They suit keyset pages, because the distance depends on one row and the text alone.
        """
        return (self.distance.asc(), *by_name(language))


def by_name(language: str) -> tuple[UnaryExpression[Any], ...]:
    """Return the ORDER BY terms of a list by surname in the alphabet of readers of a language, then by id.

    A cursor that was made for readers of another language leads to the same person, or the place where they would be.
    """
    column = Account.sort_name_ru if language == "ru" else Account.sort_name
    return column.asc(), Account.id.asc()


@dataclass(frozen=True, slots=True)
class DoubtfulWords:
    """The words of a searched text that may be misspelled: words of three letters or more without known short forms.

    ``columns`` asks in a statement with the parameters ``values`` whether a listed name begins with each of them.
    """

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> DoubtfulWords:
        """Return the words of a text that may be misspelled, in the spelling of ``accounts.names.words``."""
        return cls(tuple(word for word in searched_words(text) if _may_be_misspelled(word)))

    @property
    def values(self) -> dict[str, object]:
        """The parameters of ``columns``."""
        return {f"begins_{place}": f"%|{word}%" for place, word in enumerate(self.words)}

    @staticmethod
    def columns(number: int) -> list[Label[bool]]:
        """Return columns for ``number`` words, which depend on nothing else: whether a listed name begins with each."""
        return [_is_known(place).label(f"known_{place}") for place in range(number)]

    def misspelled(self, row: Any) -> frozenset[str]:
        """Return the words with which no listed name begins, by a row with ``columns``."""
        return frozenset(word for place, word in enumerate(self.words) if not getattr(row, f"known_{place}"))


def misspelled_words(text: str) -> frozenset[str]:
    """Return the words of a searched text with which no listed name begins, read in at most one statement."""
    doubtful = DoubtfulWords.of(text)
    if not doubtful.words:
        return frozenset()
    return doubtful.misspelled(_known(len(doubtful.words)).rows(**doubtful.values)[0])


@cache
def _known(number: int) -> RawQuery:
    return RawQuery(select(*DoubtfulWords.columns(number)))


def _is_known(place: int) -> ColumnElement[bool]:
    """Return the SQL condition that a listed name begins with a word.

    For a plain ``EXISTS`` PostgreSQL expects a match soon and reads names one after the other, to the end if there is
    none; a materialised expression it plans for the whole, by the index, and still stops at the first.
    """
    named = select(Account.id).where(listed(), _is_like(f"begins_{place}"))
    return exists(select(named.cte(f"named_{place}").prefix_with("MATERIALIZED").c.id))


class WordKind(IntEnum):
    """How a searched word is compared with names: all on which the SQL depends.

    ``EXACT`` words begin a name, those ``WITH_FORMS`` may also be another form of one; ``MISSPELLED`` ones begin none.
    """

    EXACT = 1
    WITH_FORMS = 2
    MISSPELLED = 3


@dataclass(frozen=True, slots=True)
class SearchedName:
    """A searched text: the kinds of its words, and the parameters of a statement with the ``match_of`` these kinds."""

    kinds: tuple[WordKind, ...]
    values: Mapping[str, object]


def searched_name(text: str, misspelled: Collection[str] = ()) -> SearchedName:
    """Return a searched text, of which ``misspelled`` are the words with which no name begins.

    Only the first ``SEARCH_MAX`` characters and ``WORDS_MAX`` words count. The kinds are sorted, so that the order of
    the words, on which nothing depends, makes no other statement.
    """
    searched = sorted((_kind(word, word in misspelled), word) for word in searched_words(text))
    values: dict[str, object] = {}
    for place, (_word_kind, word) in enumerate(searched):
        values |= {f"{name}_{place}": value for name, value in _patterns(word).items()}
    return SearchedName(tuple(kind for kind, _word in searched), values)


def match_of(kinds: Sequence[WordKind]) -> Match:
    """Return the SQL match of names with all words of a ``SearchedName``, in any order and script.

    A name matches a word if it begins with it or is another form of it; a misspelled word also matches names that are
    spelled similarly. No word at all matches nobody.
    """
    if not kinds:
        return Match(false(), literal(0))
    matches = [_match_word(kind, place) for place, kind in enumerate(kinds)]
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
    exact = _id_in(or_(begins(word), equals_any(*other_forms(word))))
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


def _kind(word: str, is_misspelled: bool) -> WordKind:
    if is_misspelled:
        return WordKind.MISSPELLED
    return WordKind.WITH_FORMS if other_forms(word) else WordKind.EXACT


def _patterns(word: str) -> dict[str, object]:
    """Return the values of a word's parameters: every kind of word uses some of them."""
    return {
        "word": word,
        "begins": f"%|{word}%",
        "equals": f"%|{word}|%",
        "forms": [f"%|{form}|%" for form in other_forms(word)],
        "swaps": [f"%|{variant}|%" for variant in _with_swaps(word)],
    }


def _match_word(kind: WordKind, place: int) -> Match:
    begins_name, equals_name = _is_like(f"begins_{place}"), _is_like(f"equals_{place}")
    if kind is WordKind.MISSPELLED:
        return _match_similar(begins_name, place)
    conditions, grades = [begins_name], [(equals_name, 0), (begins_name, PREFIX)]
    if kind is WordKind.WITH_FORMS:
        is_form = _is_like_any(f"forms_{place}")
        conditions.append(is_form)
        grades.append((is_form, OTHER_FORM))
    return Match(or_(*conditions), case(*grades, else_=OTHER_FORM))


def _match_similar(begins_name: ColumnElement[bool], place: int) -> Match:
    """Return the SQL match of names that are spelled similarly to a word with which no listed name begins.

    Names that differ by two swapped letters come first, then the most similar. Exact matches need no grade: there are
    none.
    """
    word, swapped = bindparam(f"word_{place}", type_=Text), _is_like_any(f"swaps_{place}")
    similarity = func.strict_word_similarity(word, Account.search)
    dissimilarity = cast(100 * (1 - similarity), Integer)
    condition = or_(word.op("<%", is_comparison=True)(Account.search), swapped, begins_name)
    return Match(condition, case((swapped, SIMILAR), else_=SIMILAR + dissimilarity))


def _is_like(parameter: str) -> ColumnElement[bool]:
    """Return the SQL condition that an account's names match the pattern in a parameter."""
    return Account.search.like(bindparam(parameter))


def _is_like_any(parameter: str) -> ColumnElement[bool]:
    """Return the SQL condition that an account's names match one of the patterns in a parameter, an array."""
    return Account.search.like(any_(bindparam(parameter, type_=ARRAY(Text))))


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
