"""Emails as people type and paste them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from portal.core.text import without_invisible

CLEANED_MAX = 1216
"""Four times what a form takes as an email; longer text is none."""

_MAILTO = re.compile(r"mailto:/{0,2}([^?]*)(?:\?.*)?", re.IGNORECASE)
_IN_ANGLE_BRACKETS = re.compile(r"([^<>]*)<([^<>]*@[^<>]*)>[^<>@]*")
_LABEL = re.compile(r"(?:e-?mail|mail|почта|e-?mail address|адрес(?: почты)?) ?:\s*(?!/)", re.IGNORECASE)
_AROUND = " .,;:<>()[]\"'«»“”„‘’‚‹›`"
"""Signs that sentences and lists put around an email, and with which none begins or ends."""


def clean(typed: str) -> str:
    r"""Return an email as it was meant, without what copying and typing add to it.

    That is a label, ``mailto:``, the name or the same email before angle brackets, characters that nobody sees, blanks,
    brackets, quotation marks and punctuation at either end, blanks beside the @, and wide forms of letters. Other text
    is returned likewise, but for any that is too long for an email; capitals stay.

    >>> clean("Anna <mailto:anna@demo\u200b.example>;"), clean(" anna\u00a0@demo.example. ")
    ('anna@demo.example', 'anna@demo.example')
    """
    if len(typed) > CLEANED_MAX:
        return typed
    plain = unicodedata.normalize("NFKC", without_invisible(re.sub(r"\s", " ", typed))).replace("\u3002", ".")
    bracketed = _IN_ANGLE_BRACKETS.fullmatch(plain)
    if bracketed is None:
        return _plain(plain)
    before, inside = _plain(bracketed.group(1)), _plain(bracketed.group(2))
    return inside if "@" not in before or before.lower() == inside.lower() else _plain(plain)


def _plain(text: str) -> str:
    """Return a text without the signs around it, its label and ``mailto:``."""
    bare = text.strip(_AROUND)
    label = _LABEL.match(bare)
    bare = bare[label.end() :] if label else bare
    linked = _MAILTO.fullmatch(bare)
    bare = unquote(linked.group(1)) if linked else bare
    return re.sub(r" *@ *", "@", bare.strip(_AROUND))
