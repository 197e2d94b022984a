"""In which language and time zone a request is answered: the account's, else the cookie's, else the browser's."""

from __future__ import annotations

from flask import has_request_context, request

from portal.core.access import current_actor

LOCALES = ("en", "ru")
LOCALE_COOKIE = "locale"


def select_locale() -> str | None:
    if not has_request_context():
        return None
    wanted = current_actor().locale or request.cookies.get(LOCALE_COOKIE)
    if wanted in LOCALES:
        return str(wanted)
    return request.accept_languages.best_match(LOCALES, "en")


def select_time_zone() -> str | None:
    return current_actor().time_zone if has_request_context() else None
