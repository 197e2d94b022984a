"""Language and time zone of a request: those of the account, else of the cookie, else of the browser."""

from __future__ import annotations

from babel.support import NullTranslations
from flask import has_request_context, request
from flask_babel import get_locale, get_translations

from config import ROOT
from portal.core.access import current_actor
from portal.core.time_zones import known_zone
from portal.web.http import cookies

LOCALES = ("en", "ru")
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
    """Return the language of the request, ``en`` or ``ru``; English outside a request."""
    locale = get_locale()
    return locale.language if locale else "en"


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
