"""The nearest names to a text that no name matches: several mistakes, or a word that is quite wrong.

The strict search of ``name_search`` runs first; what stands here is asked only when it finds nobody, because it reads
the words of every name. Like that search it uses names only, which every member may read.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal.accounts.models import Account
from portal.core.db.base import inline_literal
from portal.core.spelling import mistakes
from portal.directory.name_search import PREFIX, Match, begins, equals_any, searched_words
from portal.directory.nicknames import known_forms, other_forms
from portal.extensions import db

ALLOWED_MISTAKES = ((3, 0), (5, 1), (9, 2))
"""Pairs of a length and the mistakes that shorter words may have; a longer word may have ``MOST_MISTAKES``."""
MOST_MISTAKES = 3
ONE_MISTAKE, MISSED = 10, 1000
"""Distances of a name for each mistake in a word, and for each word that is no name at all."""
NEAREST_MAX = 5
"""How many people are offered at most where nobody has a searched name."""
NEAR_WORDS_MAX = 60
COMPARED_MAX = 100
"""PostgreSQL's function refuses words above 255 bytes, which a name in Chinese letters reaches in Latin ones."""


def nearest_names(text: str, among: ColumnElement[bool]) -> Match | None:
    """Return the SQL match of the names nearest to a text, or ``None`` if nothing resembles it.

    ``among`` is the condition on ``Account`` of whose names count. A mistake is a missing, additional or wrong letter,
    or two neighbouring letters swapped; short forms may be misspelled too. Names that resemble every word come first.
    If there are none, those that resemble one word are meant, unless that is a first name: then too many would match.
    The words of all names are read in one statement.
    """
    searched = searched_words(text)
    known = _known_words(searched, among)
    near = _each_for_one({word: _resembling(word, known) for word in searched})
    if not any(near.values()):
        return None
    matches = {word: _match(word, names) for word, names in near.items()}
    distances = [match.distance for match in matches.values()]
    distance = sum(distances[1:], distances[0])
    all_words = and_(*(match.condition for match in matches.values()))
    surnames = [match.condition for word, match in matches.items() if near[word] and not other_forms(word)]
    if not surnames or _matches_anybody(all_words, among):
        return Match(all_words, distance)
    return Match(or_(*surnames), distance)


def _resembling(word: str, known: Iterable[str]) -> dict[str, int]:
    """Return the words of names that resemble a searched word, with the mistakes of each, fewest first.

    The other forms of a first name count as one mistake, those of a misspelled form as two.
    """
    limit = allowed_mistakes(word)
    counted = {name: number for name in known if (number := mistakes(word, name, limit)) <= limit}
    misspelled = [form for form in known_forms() if limit and mistakes(word, form, 1) == 1]
    for number, forms in ((1, [word]), (2, misspelled)):
        for name in (name for form in forms for name in other_forms(form)):
            counted[name] = min(number, counted.get(name, number))
    return dict(sorted(counted.items(), key=lambda item: item[1])[:NEAR_WORDS_MAX])


def _each_for_one(near: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the names that resemble each word, each name only at the words with the fewest mistakes.

    Else one name would stand for two words: Alena for both of "galeva alna".
    """
    fewest: dict[str, int] = {}
    for names in near.values():
        for name, number in names.items():
            fewest[name] = min(number, fewest.get(name, number))
    return {
        word: {name: number for name, number in names.items() if number == fewest[name]} for word, names in near.items()
    }


def _match(word: str, names: dict[str, int]) -> Match:
    """Return the SQL match of one searched word with names that begin with it or hold one of ``names``."""
    by_number = {number: [name for name in names if names[name] == number] for number in sorted(set(names.values()))}
    grades = [(equals_any(*group), ONE_MISTAKE * number) for number, group in by_number.items()]
    distance = case(*grades, (begins(word), PREFIX), else_=MISSED)
    return Match(or_(begins(word), equals_any(*names)), distance)


def allowed_mistakes(word: str) -> int:
    """Return how many mistakes a searched word of this length may have; fewer in short ones, which resemble many."""
    return next((number for length, number in ALLOWED_MISTAKES if len(word) < length), MOST_MISTAKES)


def _matches_anybody(condition: ColumnElement[bool], among: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Account.id).where(among, condition).limit(1)) is not None


def _known_words(searched: list[str], among: ColumnElement[bool]) -> list[str]:
    """Return the words of names that differ from a searched word by at most one more mistake than is allowed.

    PostgreSQL counts swapped letters as two mistakes, so it must let one more through than ``mistakes`` does.
    """
    separated = func.string_to_array(func.btrim(Account.search, "|"), "|")
    names = select(func.unnest(separated).label("word")).where(among).distinct().subquery()
    limits = {word: allowed_mistakes(word) for word in searched}
    is_near = [
        func.levenshtein_less_equal(func.left(names.c.word, COMPARED_MAX), inline_literal(word), limit + 1) <= limit + 1
        for word, limit in limits.items()
        if limit
    ]
    return list(db.session.scalars(select(names.c.word).where(or_(*is_near)))) if is_near else []
