"""Language and time zone of a request: those of the account, else of the cookie, else of the browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from babel import Locale
from babel.support import NullTranslations
from flask import g, has_app_context, has_request_context, request
from flask_babel import force_locale, get_locale, get_translations

from config import ROOT
from portal.core.access import current_actor
from portal.core.time_zones import known_zone
from portal.web.http import cookies

LOCALES = ("en", "ru")
DEFAULT = LOCALES[0]
TRANSLATIONS = ROOT / "portal" / "translations"
CATALOGUES = TRANSLATIONS / "ru" / "LC_MESSAGES"

_catalogues: dict[str, NullTranslations] = {}


def domains() -> list[str]:
    """Return the names of the translation catalogues, sorted: one for each feature with translated texts."""
    return sorted(file.stem for file in CATALOGUES.glob("*.po"))


def flask_babel_configuration() -> dict[str, str]:
    """Return the settings of Flask-Babel that load every catalogue; it needs a folder for each."""
    names = domains()
    return {
        "BABEL_DOMAIN": ";".join(names),
        "BABEL_TRANSLATION_DIRECTORIES": ";".join(str(TRANSLATIONS) for _name in names),
    }


def language() -> str:
    """Return the language of the request, or of the block in ``speaking``: ``en`` or ``ru``; English outside both.

    It is kept for the request, as Flask-Babel keeps its locale: a page asks for it some hundred times.
    """
    if not has_app_context():
        return DEFAULT
    kept = g._get_current_object()  # once, because each use of the proxy takes longer than all else here
    known: str | None = kept.get("language")
    if known is not None:
        return known
    locale = get_locale()
    found = locale.language if locale else DEFAULT
    if has_request_context():
        kept.language = found
    return found


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Run the block in a language of its own, such as that of an email's recipient: texts, dates and numbers."""
    kept = g._get_current_object()
    before = kept.get("language")
    kept.language = Locale.parse(locale).language
    try:
        with force_locale(locale):
            yield
    finally:
        kept.language = before


def catalogue() -> NullTranslations:
    """Return the translations of the current language from all catalogues, cached for the life of the process."""
    spoken = language()
    if spoken not in _catalogues:
        _catalogues[spoken] = get_translations()
    return _catalogues[spoken]


def select_locale() -> str | None:
    """Return the language of the request, ``en`` or ``ru``; ``None`` outside a request.

    It is that of the account, else of the cookie, else the best match of ``Accept-Language``, else English.
    """
    if not has_request_context():
        return None
    chosen = current_actor().preferences.locale or cookies.read_choice(cookies.LOCALE, LOCALES.__contains__)
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES, "en")


def select_time_zone() -> str | None:
    """Return the viewer's IANA time zone, that of the account or else of the cookie; ``None`` as long as it is unknown.

    Without it, and outside a request, an event shows its own local time only.
    """
    if not has_request_context():
        return None
    return current_actor().preferences.time_zone or cookies.read_choice(cookies.TIME_ZONE, known_zone)
