"""The password policy: long enough, and not among the passwords that an attacker would try first.

zxcvbn estimates how many guesses a password withstands. It knows Latin words, keyboards and dates; so a password is
also judged in its transliteration and as typed on Latin keys. No rule demands kinds of characters (NIST SP 800-63B).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from portal.accounts.models import EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN
from portal.core.errors import Invalid
from portal.core.security.passwords import normal_form
from portal.core.text import transliterate
from portal.settings import registry
from portal.settings.institution import INSTITUTION_NAME

MIN_GUESSES = 3 * 10**7  # a word with a year is below it, eight random characters are above
JUDGED_LENGTH = 32  # characters: the time grows with their square, and what begins strong stays strong
SHORTEST_WORD = 3  # of a name or an email
INSTITUTION_WORDS = "Innopolis University, alumni portal"

_LATIN_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
_SUBSTITUTIONS = str.maketrans("@483!1|05$7+", "aabeiiiosstt")
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
    """Raise ``Invalid`` on ``field`` for a password that is too short, too long or too easy to guess.

    ``own`` are the person's names and email: a password made of their words or the institution's name and little else
    is refused. Length and strength are those of the password's normal form.
    """
    password = normal_form(password)
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        sentence = _("Use %(least)s to %(most)s characters for your password.", least=PASSWORD_MIN, most=PASSWORD_MAX)
        raise Invalid("bad_password", sentence, field=field)
    own_words = words_pattern([*own, registry.get(INSTITUTION_NAME), INSTITUTION_WORDS])
    reason = next(filter(None, (weakness(spelling, own_words) for spelling in spellings(password))), None)
    if reason is not None:
        advice = _("Use a few unrelated words.")
        raise Invalid("weak_password", f"{_SENTENCES[reason]} {advice}", field=field)


def weakness(spelling: str, own_words: re.Pattern[str]) -> str | None:
    """Return the key in ``_SENTENCES`` that says why a spelling is easy to guess, or ``None`` if it is not.

    ``own_words`` matches words that others know of the person; a spelling with few letters besides them is weak
    (``own``).
    """
    rest = own_words.sub("", spelling)
    if rest != spelling and sum(map(str.isalpha, rest)) < PASSWORD_MIN:
        return "own"
    guesses, parts = estimate_guesses(spelling[:JUDGED_LENGTH])
    if guesses >= MIN_GUESSES:
        return None
    longest = max(parts, key=lambda part: len(part["token"]))
    return "passwords" if longest.get("dictionary_name") == "passwords" else str(longest["pattern"])


def words_pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds the words of these texts, of 3 letters or more, in every spelling and backwards."""
    short = " ".join(text[:EMAIL_MAX] for text in texts)  # a form checks the password before its other fields
    words = {word for word in re.split(r"[\W\d_]+", short) if len(word) >= SHORTEST_WORD}
    spelt = {spelling for word in words for spelling in spellings(word)}
    both_ways = spelt | {spelling[::-1] for spelling in spelt}
    return re.compile("|".join(map(re.escape, sorted(both_ways, key=len, reverse=True))), re.IGNORECASE)


def spellings(text: str) -> Iterator[str]:
    """Yield each different spelling of a text once: as it is, transliterated, on Latin keys, with signs as letters.

    >>> list(spellings("п@роль"))
    ['п@роль', 'p@rol', 'g@hjkm', 'parol']
    """
    readings: tuple[Callable[[str], str], ...] = (
        str,
        transliterate,
        lambda typed: typed.lower().translate(_LATIN_KEYS),
        lambda typed: transliterate(typed).translate(_SUBSTITUTIONS),
    )
    return iter(dict.fromkeys(read(text) for read in readings))


def estimate_guesses(text: str) -> tuple[float, list[dict[str, Any]]]:
    """Return zxcvbn's estimate of how many guesses a text withstands, and the parts that it found in the text.

    The parts are zxcvbn's matches in the order of the text, such as a word, a date or neighbouring keys.
    """
    with _one_at_a_time:
        result = load_zxcvbn()(text)
    return result["guesses"], result["sequence"]


def load_zxcvbn() -> Callable[[str], dict[str, Any]]:
    """Import zxcvbn and return its function that judges a password.

    It is imported by the first password of a process, because its words take 14 MB that most processes never need. Its
    table of substituted signs is emptied, for which it has no public option: it would try every reading of every sign,
    which can take seconds. ``spellings`` tries one.
    """
    from zxcvbn import matching, zxcvbn

    matching.L33T_TABLE.clear()
    estimate: Callable[[str], dict[str, Any]] = zxcvbn
    return estimate
