"""Emails as people type and paste them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from portal.core.text import without_invisible

CLEANED_MAX = 1216
"""Four times what a form takes as an email; longer text is none."""

_MAILTO = re.compile(r"mailto:/{0,2}([^?]*)(?:\?.*)?", re.IGNORECASE)
_IN_ANGLE_BRACKETS = re.compile(r"[^<>@]*<([^<>]*@[^<>]*)>[^<>@]*")
_AROUND = " .,;:<>()[]\"'«»“”„‘’‚‹›`"
"""Signs that sentences and lists put around an email, and with which none begins or ends."""


def clean(typed: str) -> str:
    r"""Return an email as it was meant, without what copying and typing add to it.

    That is ``mailto:`` and the name before angle brackets, characters that nobody sees, blanks, brackets, quotation
    marks and punctuation at either end, blanks beside the @, and wide forms of letters. Other text is returned
    likewise, but for any that is too long for an email; capitals stay.

    >>> clean("Anna <mailto:anna@demo\u200b.example>;"), clean(" anna\u00a0@demo.example. ")
    ('anna@demo.example', 'anna@demo.example')
    """
    if len(typed) > CLEANED_MAX:
        return typed
    plain = unicodedata.normalize("NFKC", without_invisible(re.sub(r"\s", " ", typed))).replace("\u3002", ".")
    bracketed = _IN_ANGLE_BRACKETS.fullmatch(plain)
    plain = (bracketed.group(1) if bracketed else plain).strip(_AROUND)
    linked = _MAILTO.fullmatch(plain)
    plain = unquote(linked.group(1)) if linked else plain
    return re.sub(r" *@ *", "@", plain.strip(_AROUND))
