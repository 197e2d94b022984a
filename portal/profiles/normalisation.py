"""Normalisation of what people type into a profile; each function raises ``Invalid`` naming its field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask_babel import gettext as _

from portal.accounts.models import FIRST_GRADUATION_YEAR, NAME_MAX
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.core.text import has_letter, is_blank, one_line
from portal.profiles.models import LINK_LABEL_MAX, LINK_URL_MAX, TELEGRAM_ALIAS_MAX, TELEGRAM_ALIAS_MIN

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")
URL_SIGNS = re.compile(r"[^\s\"'<>\\^`{|}]+")
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


def only_or_last_name(value: str | None, field: str) -> str:
    """Return a last name in one line, empty for a person with one name, which is kept as the first name.

    Raise ``Invalid``, naming ``field``, if it is not blank but has no letter, or has more than ``NAME_MAX`` characters.
    """
    return "" if is_blank(value or "") else name(value, field)


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


def links(values: Sequence[tuple[str, str]]) -> list[dict[str, str]] | None:
    """Return the links among pairs of label and URL, each URL once, as they are stored; ``None`` if all are blank.

    A URL without a scheme gets ``https://``, a link without a label the name of its host. Raise ``Invalid``, naming
    ``link_url_<place>`` or ``link_label_<place>``, for an unusable URL, an overlong one, or a label without one.
    """
    stored: dict[str, dict[str, str]] = {}
    for place, (label, url) in enumerate(values):
        typed, name = one_line(url or ""), one_line(label or "")
        if is_blank(typed):
            if not is_blank(name):
                raise Invalid("link_missing", _("Enter the link for this name."), field=f"link_url_{place}")
            continue
        https_url = _https_url(typed, f"link_url_{place}")
        text = _at_most(LINK_LABEL_MAX, host_of(https_url) if is_blank(name) else name, f"link_label_{place}")
        stored.setdefault(https_url, {"label": text, "url": https_url})
    return list(stored.values()) or None


def host_of(url: str) -> str:
    """Return the host of a URL without ``www.``, which says where a link leads."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _https_url(typed: str, field: str) -> str:
    """Return a typed link as an ``https`` URL of a named host; raise ``Invalid`` at ``field`` if it is none."""
    refusal = Invalid(
        "bad_link", _("Enter a link that begins with https://, such as https://example.org."), field=field
    )
    url = _at_most(LINK_URL_MAX, typed if "://" in typed else f"https://{typed}", field)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        has_port = parts.port is not None
    except ValueError:
        raise refusal from None
    if (
        parts.scheme != "https"
        or "@" in parts.netloc
        or has_port
        or not HOST.fullmatch(host)
        or not URL_SIGNS.fullmatch(url)
    ):
        raise refusal
    return url


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
