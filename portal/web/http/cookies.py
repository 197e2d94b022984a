"""Names of our cookies, and reading them where another site of the same domain has set cookies of these names too.

A browser sends the cookies of a parent domain along, and nothing but their order tells them from ours. So the names
begin with our own word, and in production with ``__Host-``, with which no other host can set a cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from flask import Flask, Request, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

from config import Settings

SESSION, THEME, LOCALE, TIME_ZONE = "session", "theme", "locale", "time-zone"
PREFIX = "COOKIE_PREFIX"


def cookie_configuration(settings: Settings) -> dict[str, Any]:
    """Return the configuration of Flask and Flask-Login for their cookies, and ``COOKIE_PREFIX`` for ours."""
    prefix = "__Host-portal-" if settings.is_production else "portal-"
    return {
        PREFIX: prefix,
        "SESSION_COOKIE_NAME": prefix + SESSION,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_production,
        "SESSION_COOKIE_PATH": "/",
        "REMEMBER_COOKIE_NAME": f"{prefix}remember",
    }


def init_app(app: Flask) -> None:
    """Have the session read from our cookie among several of its name, and make ``cookie_name`` known to templates."""
    app.session_interface = PortalSessionInterface()
    app.jinja_env.globals.update(cookie_name=cookie_name)


def cookie_name(purpose: str) -> str:
    """Return the name of our cookie for a purpose: ``session``, ``theme``, ``locale`` or ``time-zone``."""
    return f"{current_app.config[PREFIX]}{purpose}"


def read_choice(purpose: str, is_valid: Callable[[str], object]) -> str | None:
    """Return the valid value of our cookie for a purpose; ``None`` if there is none, or several that differ.

    Cookies of one name come in an order that nobody has promised, so none of them is preferred.
    """
    values = {value for value in request.cookies.getlist(cookie_name(purpose)) if is_valid(value)}
    return values.pop() if len(values) == 1 else None


class PortalSessionInterface(SecureCookieSessionInterface):
    """Flask's signed cookie, of which the latest with our signature counts; others of its name are not ours."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the request, empty without a cookie of ours; ``None`` without a secret to check it."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        max_age = int(app.permanent_session_lifetime.total_seconds())
        found = []
        for value in request.cookies.getlist(self.get_cookie_name(app)):
            try:
                data, signed_at = serializer.loads(value, max_age=max_age, return_timestamp=True)
            except BadSignature:
                continue
            found.append((signed_at, data))
        return self.session_class(max(found, key=itemgetter(0))[1] if found else {})
