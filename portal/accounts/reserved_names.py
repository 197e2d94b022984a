"""Names that only the alumni office may have: its own, however they are written.

A name is compared as it looks and as it sounds. As it looks: characters that resemble each other become one (a small
part of the table of UTS #39, and digits that stand for letters), accents and invisible characters are left out. As it
sounds: Russian letters are transliterated. Blanks do not matter, nor does a letter that is repeated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from flask_babel import lazy_gettext as _

from portal.core.errors import Invalid
from portal.core.text import latinise, without_invisible
from portal.settings import registry
from portal.settings.institution import INSTITUTION_NAME

OFFICE = (
    "office administration administrator administrators admin admins moderator moderators support helpdesk team staff "
    "service secretariat deanery rectorate relations department association bureau council отдел офис администрация "
    "администрации администратор администраторы админ модератор модераторы поддержка поддержки техподдержка служба "
    "команда сотрудники секретариат деканат ректорат ассоциация совет бюро центр"
)
ALUMNI = "alumni alumnus graduates выпускники выпускников выпускниками выпускникам выпускник алумни"
PLACE = "university institute portal университет университета институт института портал портала"
FILLERS = "the of for and at with по работе с и для от при к"
SHORTEST_PLACE_WORD = 3

_CONFUSABLES = {
    "a": "аαɑ@4", "b": "вьβ8б6", "c": "сϲ", "d": "ԁ", "e": "еεєз3€", "g": "ɡց9", "h": "нһհ", "j": "јյ",
    "k": "кκ", "l": "iіι1|!ıӏ", "m": "м", "n": "пηոπ", "o": "оοօσ0", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ5$",
    "t": "тτ7", "u": "иυսμ", "v": "νѵ", "w": "ԝω", "x": "хχ", "y": "уү",
}  # fmt: skip
_CAPITALS = {"h": "Η", "m": "Μ", "n": "Ν", "p": "Ρ", "y": "Υ", "v": "Ѵ"}  # unlike their small letters
_TO_LATIN = {ord(sign): character for character, signs in _CONFUSABLES.items() for sign in signs}
_CAPITALS_TO_LATIN = {ord(sign): character for character, signs in _CAPITALS.items() for sign in signs}
_PAIRS = (("rn", "m"), ("vv", "w"))
_REPEATED = re.compile(r"(.)\1+")
_NO_WORD = re.compile(r"[\W_]+")


def skeleton(text: str) -> str:
    """Return a text in which characters that look alike are equal, in lower case and without accents.

    >>> skeleton("0ffiсе") == skeleton("OFFICE")
    True
    """
    plain = unicodedata.normalize("NFKD", without_invisible(text).translate(_CAPITALS_TO_LATIN)).casefold()
    signs = (sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    latin = "".join(_confusable(sign) for sign in signs)
    for pair, single in _PAIRS:
        latin = latin.replace(pair, single)
    return _REPEATED.sub(r"\1", latin)


def _confusable(sign: str) -> str:
    if ord(sign) in _TO_LATIN:
        return _TO_LATIN[ord(sign)]
    if sign.isascii() or "а" <= sign <= "я":
        return sign
    return anyascii(sign).lower().translate(_TO_LATIN)


def as_it_sounds(text: str) -> str:
    """Return a text in lower case with Russian letters transliterated and repeated letters once."""
    return _REPEATED.sub(r"\1", latinise(without_invisible(text)))


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of the office in one form; ``pairs`` are an office word with another, written together."""

    office: frozenset[str]
    other: frozenset[str]
    fillers: frozenset[str]
    pairs: tuple[str, ...]


@lru_cache(maxsize=8)
def _words_of(form: Callable[[str], str], institution: str) -> _Words:
    place = [word for word in _NO_WORD.split(institution) if len(word) >= SHORTEST_PLACE_WORD]
    office = _in_form(form, OFFICE.split())
    other = _in_form(form, [*ALUMNI.split(), *PLACE.split(), *place])
    pairs = {f"{one}{two}" for one in office for two in other} | {f"{two}{one}" for one in office for two in other}
    return _Words(office, other, _in_form(form, FILLERS.split()), tuple(_REPEATED.sub(r"\1", pair) for pair in pairs))


def _in_form(form: Callable[[str], str], words: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(form, words)))


def is_reserved(name: str) -> bool:
    """Return whether a whole name could be taken for that of the alumni office.

    It has a word of the office together with one of its alumni or institution, or it has no other words than these.
    """
    return any(_is_reserved(form, name) for form in (skeleton, as_it_sounds))


def _is_reserved(form: Callable[[str], str], name: str) -> bool:
    reserved = _words_of(form, registry.get(INSTITUTION_NAME))
    parts = [word for word in _NO_WORD.split(form(name)) if word]
    if reserved.office.intersection(parts) and reserved.other.intersection(parts):
        return True
    together = "".join(parts)
    meant = "".join(part for part in parts if part not in reserved.fillers)
    texts = {_REPEATED.sub(r"\1", text) for text in (together, meant)}
    if any(pair in text for text in texts for pair in reserved.pairs):
        return True
    words = reserved.office | reserved.other
    return any(_consists_of(text, words, reserved.fillers) for text in (together, *texts))


def _consists_of(text: str, words: frozenset[str], fillers: frozenset[str]) -> bool:
    """Return whether ``text`` is made of ``words`` and ``fillers`` alone, with one of ``words`` at least."""
    reached = {(0, False)}
    for start in range(len(text)):
        for has_word in {has_word for at, has_word in reached if at == start}:
            for word in words | fillers:
                if text.startswith(word, start):
                    reached.add((start + len(word), has_word or word in words))
    return (len(text), True) in reached


def check_names(*names: tuple[str | None, str | None]) -> None:
    """Raise ``Invalid`` on ``first_name`` if a first with its last name could be taken for the alumni office's.

    The order of the two does not matter; a missing one is left out.
    """
    for first, last in names:
        for parts in ((first, last), (last, first)):
            if is_reserved(" ".join(filter(None, parts))):
                raise Invalid(
                    "reserved_name",
                    _("Only the alumni office can have this name. Enter your own name."),
                    field="first_name",
                )
