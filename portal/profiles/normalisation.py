"""Normalisation of what people type into a profile; each function raises ``Invalid`` naming its field."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from portal.accounts.models import FIRST_GRADUATION_YEAR, NAME_MAX
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.core.text import has_letter, is_blank, one_line
from portal.profiles.models import TELEGRAM_ALIAS_MAX, TELEGRAM_ALIAS_MIN

TELEGRAM_LINK = re.compile(r"(?:https?://)?(?:t\.me|telegram\.me)/", re.IGNORECASE)
TELEGRAM_ALIAS = re.compile(rf"[A-Za-z0-9_]{{{TELEGRAM_ALIAS_MIN},{TELEGRAM_ALIAS_MAX}}}")


def name(value: str | None, field: str) -> str:
    """Return a first or last name in one line, without repeated blanks.

    Raise ``Invalid``, naming ``field``, if the name has no letter or more than ``NAME_MAX`` characters.
    """
    cleaned = one_line(value or "")
    if not has_letter(cleaned):
        raise Invalid("name_missing", _("A name needs at least one letter."), field=field)
    return _at_most(NAME_MAX, cleaned, field)


def other_name(value: str | None, field: str) -> str | None:
    """Return the second spelling of a name in one line, or ``None`` if it is blank.

    Raise ``Invalid``, naming ``field``, if it is not blank but has no letter, or has more than ``NAME_MAX`` characters.
    """
    return None if is_blank(value or "") else name(value, field)


def line(value: str | None, limit: int, field: str) -> str | None:
    """Return text in one line, or ``None`` if nothing of it is visible.

    Raise ``Invalid``, naming ``field``, if it has more than ``limit`` characters.
    """
    return _content(limit, one_line(value or ""), field)


def text(value: str | None, limit: int, field: str) -> str | None:
    """Return text of several lines with line feeds as line ends, or ``None`` if nothing of it is visible.

    Raise ``Invalid``, naming ``field``, if it has more than ``limit`` characters.
    """
    cleaned = (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return _content(limit, cleaned, field)


def telegram_alias(value: str | None) -> str | None:
    """Return a Telegram username without ``@`` or the link in which it was typed, or ``None`` if it is blank.

    Raise ``Invalid``, naming ``telegram_alias``, unless it has 3 to 32 Latin letters, digits and underscores.
    """
    cleaned = TELEGRAM_LINK.sub("", (value or "").strip(), count=1).lstrip("@").strip()
    if is_blank(cleaned):
        return None
    if not TELEGRAM_ALIAS.fullmatch(cleaned):
        raise Invalid(
            "bad_telegram_alias",
            _(
                "A Telegram username has %(least)s to %(most)s characters: Latin letters, digits and underscores.",
                least=TELEGRAM_ALIAS_MIN,
                most=TELEGRAM_ALIAS_MAX,
            ),
            field="telegram_alias",
        )
    return cleaned


def graduation_year(value: int | None) -> int | None:
    """Return the graduation year unchanged; ``None`` stays ``None``.

    Raise ``Invalid``, naming ``graduation_year``, if it is before ``FIRST_GRADUATION_YEAR`` or after the current year.
    """
    latest = now().year
    if value is not None and not FIRST_GRADUATION_YEAR <= value <= latest:
        raise Invalid(
            "bad_graduation_year",
            _("Enter the year as four digits, no later than %(latest)s.", latest=str(latest)),
            field="graduation_year",
        )
    return value


def _content(limit: int, value: str, field: str) -> str | None:
    return None if is_blank(value) else _at_most(limit, value, field)


def _at_most(limit: int, value: str, field: str) -> str:
    if len(value) > limit:
        raise Invalid("too_long", _("This is too long: at most %(limit)s characters.", limit=limit), field=field)
    return value
