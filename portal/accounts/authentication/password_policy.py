"""Which passwords may be chosen: long enough, and not among those that others would try first.

How many guesses one withstands is asked of zxcvbn, which knows Latin words, keys and dates; so a password is also
judged as it reads in Latin letters and on Latin keys. No rule asks for kinds of characters (NIST SP 800-63B).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from portal.accounts.models import EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN
from portal.core.errors import Invalid
from portal.core.text import transliterate
from portal.settings import registry
from portal.settings.institution import INSTITUTION_NAME

FEWEST_GUESSES = 3 * 10**7  # a word with a year is below it, eight random characters are above
JUDGED = 32  # characters: the time grows with their square, and what begins strong stays strong
SHORTEST_WORD = 3  # of a name or an address
PLACE = "Innopolis University, alumni portal"

_ON_LATIN_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
_LETTER_FOR_SIGN = str.maketrans("@483!1|05$7+", "aabeiiiosstt")
_SENTENCES = {
    "own": _("This password is too close to your name, your email address or the university's name."),
    "passwords": _("This is too close to a common password."),
    "dictionary": _("A single word is easy to guess, even with a few characters added."),
    "spatial": _("Neighbouring keys are easy to guess."),
    "repeat": _("Repetitions are easy to guess."),
    "sequence": _("Letters and digits in sequence are easy to guess."),
    "date": _("Dates and years are easy to guess."),
    "regex": _("Dates and years are easy to guess."),
    "bruteforce": _("This password is easy to guess."),
}

_one_at_a_time = threading.Lock()  # zxcvbn rewrites a table of its module at every call


def check_password(password: str, *, own: Iterable[str], field: str = "password") -> None:
    """Refuse what is too short, too long or guessed too easily; raises ``Invalid`` on ``field``.

    ``own`` are the person's names and address: a password made of their words and little else is refused.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        sentence = _("Use %(least)s to %(most)s characters for your password.", least=PASSWORD_MIN, most=PASSWORD_MAX)
        raise Invalid("bad_password", sentence, field=field)
    known = words_of([*own, registry.get(INSTITUTION_NAME), PLACE])
    reason = next(filter(None, (weakness(spelling, known) for spelling in spellings(password))), None)
    if reason is not None:
        advice = _("Use a few unrelated words.")
        raise Invalid("weak_password", f"{_SENTENCES[reason]} {advice}", field=field)


def weakness(spelling: str, known: re.Pattern[str]) -> str | None:
    """The name of the sentence that says why this is easily guessed; ``None`` when it is not."""
    rest = known.sub("", spelling)
    if rest != spelling and sum(map(str.isalpha, rest)) < PASSWORD_MIN:
        return "own"
    guesses, parts = judge(spelling[:JUDGED])
    if guesses >= FEWEST_GUESSES:
        return None
    longest = max(parts, key=lambda part: len(part["token"]))
    return "passwords" if longest.get("dictionary_name") == "passwords" else str(longest["pattern"])


def words_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds the words of these texts in every spelling, backwards too."""
    short = " ".join(text[:EMAIL_MAX] for text in texts)  # a form asks before it has looked at its other fields
    words = {word for word in re.split(r"[\W\d_]+", short) if len(word) >= SHORTEST_WORD}
    spelt = {spelling for word in words for spelling in spellings(word)}
    both_ways = spelt | {spelling[::-1] for spelling in spelt}
    return re.compile("|".join(map(re.escape, sorted(both_ways, key=len, reverse=True))), re.IGNORECASE)


def spellings(text: str) -> Iterator[str]:
    """As it is, in Latin letters, on Latin keys, with letters for the signs that replace them; each once.

    >>> list(spellings("п@роль"))
    ['п@роль', 'p@rol', 'g@hjkm', 'parol']
    """
    readings: tuple[Callable[[str], str], ...] = (
        str,
        transliterate,
        lambda typed: typed.lower().translate(_ON_LATIN_KEYS),
        lambda typed: transliterate(typed).translate(_LETTER_FOR_SIGN),
    )
    return iter(dict.fromkeys(read(text) for read in readings))


def judge(text: str) -> tuple[float, list[dict[str, Any]]]:
    """How many guesses it withstands, and the parts that would be guessed one after the other."""
    with _one_at_a_time:
        result = zxcvbn()(text)
    return result["guesses"], result["sequence"]


def zxcvbn() -> Callable[[str], dict[str, Any]]:
    """Loaded by the first password of a process: its words take 14 MB, which most processes never need."""
    from zxcvbn import matching
    from zxcvbn import zxcvbn as loaded

    matching.L33T_TABLE.clear()  # it tries every reading of every sign, which can take seconds; ``spellings`` tries one
    judged: Callable[[str], dict[str, Any]] = loaded
    return judged
