"""Language and time zone of a request: those of the account, else of the cookie, else of the browser."""

from __future__ import annotations

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, has_request_context, request
from flask_babel import get_locale, get_translations

from config import ROOT
from portal.core.access import current_actor
from portal.core.time_zones import known_zone
from portal.web.http import cookies

LOCALES = ("en", "ru")
TRANSLATIONS = ROOT / "portal" / "translations"
CATALOGUES = TRANSLATIONS / "ru" / "LC_MESSAGES"

_catalogues: dict[Locale | None, NullTranslations] = {}


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


def init_app(app: Flask) -> None:
    """Make templates look up translations directly.

    Flask-Babel would read its context three times for every text.
    """
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # which Jinja's extension adds
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: catalogue().unpgettext(context, one, many, number),
    )


def catalogue() -> NullTranslations:
    """Return the translations of the current language from all catalogues, cached for the life of the process."""
    locale = get_locale()
    if locale not in _catalogues:
        _catalogues[locale] = get_translations()
    return _catalogues[locale]


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
