"""In which language and time zone a request is answered: the account's, else the cookie's, else the browser's."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, has_request_context, request
from flask_babel import get_locale, get_translations

from config import ROOT
from portal.core.access import current_actor

LOCALES = ("en", "ru")
LOCALE_COOKIE = "locale"
TIME_ZONE_COOKIE = "time_zone"
TRANSLATIONS = ROOT / "portal" / "translations"
CATALOGUES = TRANSLATIONS / "ru" / "LC_MESSAGES"

_catalogues: dict[Locale | None, NullTranslations] = {}


def domains() -> list[str]:
    """Return the names of the catalogues: the features that have one."""
    return sorted(file.stem for file in CATALOGUES.glob("*.po"))


def flask_babel_configuration() -> dict[str, str]:
    """Return what Flask-Babel needs to load every catalogue; it wants a folder for each."""
    names = domains()
    return {
        "BABEL_DOMAIN": ";".join(names),
        "BABEL_TRANSLATION_DIRECTORIES": ";".join(str(TRANSLATIONS) for _name in names),
    }


def init_app(app: Flask) -> None:
    """Let templates find their catalogue by a look, where Flask-Babel asks its context three times for every text."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # which Jinja's extension adds
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: catalogue().unpgettext(context, one, many, number),
    )


def catalogue() -> NullTranslations:
    """The texts of the language that counts at this moment."""
    locale = get_locale()
    if locale not in _catalogues:
        _catalogues[locale] = get_translations()
    return _catalogues[locale]


def select_locale() -> str | None:
    if not has_request_context():
        return None
    wanted = current_actor().locale or request.cookies.get(LOCALE_COOKIE)
    if wanted in LOCALES:
        return str(wanted)
    return request.accept_languages.best_match(LOCALES, "en")


def select_time_zone() -> str | None:
    """``None`` until somebody said: then an event shows its own clock only."""
    if not has_request_context():
        return None
    return current_actor().time_zone or known_zone(request.cookies.get(TIME_ZONE_COOKIE, ""))


@lru_cache(maxsize=512)
def known_zone(name: str) -> str | None:
    """The zone that the browser named, if there is such a one."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None
