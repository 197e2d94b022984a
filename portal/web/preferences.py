"""Choice of language and theme: kept in a cookie, and on the account of a signed-in person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, redirect, request

from portal.core.access import ANYONE, access, current_actor
from portal.core.actor import Actor
from portal.core.events import publish
from portal.web.http import cookies
from portal.web.http.responses import wants_fragment
from portal.web.i18n.selection import LOCALES

THEMES = ("light", "dark")
YEAR = 365 * 24 * 60 * 60

blueprint = Blueprint("preferences", __name__)


@dataclass(frozen=True, slots=True)
class PreferenceChosen:
    """Domain event: a signed-in person has chosen; ``None`` means unchanged, an empty theme "as the system"."""

    actor: Actor
    locale: str | None = None
    theme: str | None = None


def theme() -> str:
    """Return the chosen theme, ``light`` or ``dark``, or the empty string where the operating system decides.

    The choice of the account comes before that of the cookie.
    """
    actor = current_actor()
    if actor.preferences.theme is not None:
        return actor.preferences.theme if actor.preferences.theme in THEMES else ""
    return cookies.read_choice(cookies.THEME, THEMES.__contains__) or ""


def current_url() -> str:
    """Return the URL to return to after a choice of language or theme.

    It is path and query of the current page, or of the page that htmx sends the request from; after a form only the
    path, or ``/`` if that path answers no GET.
    """
    if wants_fragment():
        return path_of_page(request.headers.get("HX-Current-URL", ""))
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return request.path if answers_get(request.path) else "/"


def answers_get(path: str) -> bool:
    """Return whether the portal answers a GET of this path; some URLs only take forms."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")


def page_of_form() -> str | None:
    """Return path and query of the portal's page that sent the form or asked for the fragment; ``None`` if unknown."""
    path = path_of_page(request.headers.get("HX-Current-URL") or request.referrer or "")
    return None if path == "/" else path


def path_of_page(url: str) -> str:
    """Return path and query of the full URL of a page of this portal; ``/`` if it is foreign or answers no GET."""
    parts = urlsplit(url)
    if parts.netloc != request.host or not answers_get(parts.path):
        return "/"
    return own_path(parts._replace(scheme="", netloc="", fragment="").geturl())


def own_path(url: str) -> str:
    """Return ``url`` if it is a path of this portal without control characters, else ``/``, against open redirects."""
    if not url.isprintable() or not url.startswith("/") or url.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(url)
    return "/" if parts.scheme or parts.netloc else url


def redirect_with_cookie(purpose: str, value: str) -> Response:
    """Return a redirect to the page that sent the form, with the choice ``value`` in our cookie for the purpose.

    The page is the field ``next`` of the form, or ``/``.
    """
    response = redirect(own_path(request.form.get("next", "/")), 303)
    assert isinstance(response, Response)
    set_preference_cookie(response, purpose, value)
    return response


def set_preference_cookie(response: Response, purpose: str, value: str) -> None:
    """Set our cookie for a purpose on the response for a year, or delete it for an empty value."""
    name = cookies.cookie_name(purpose)
    options: dict[str, Any] = {
        "httponly": True,
        "samesite": "Lax",
        "secure": current_app.config["SESSION_COOKIE_SECURE"],
    }
    if value:
        response.set_cookie(name, value, max_age=YEAR, **options)
    else:
        response.delete_cookie(name, **options)


@blueprint.post("/locale")
@access(ANYONE)
def locale() -> Response:
    """Change the language of this browser and of a signed-in person's account; an unknown one means English."""
    chosen = request.form.get("locale", "")
    chosen = chosen if chosen in LOCALES else LOCALES[0]
    if current_actor().is_authenticated:
        publish(PreferenceChosen(current_actor(), locale=chosen))
    return redirect_with_cookie(cookies.LOCALE, chosen)


@blueprint.post("/theme", endpoint="theme")
@access(ANYONE)
def choose_theme() -> Response:
    """Change the theme of this browser and of a signed-in person's account; an unknown one means that of the system."""
    chosen = request.form.get("theme", "")
    chosen = chosen if chosen in THEMES else ""
    if current_actor().is_authenticated:
        publish(PreferenceChosen(current_actor(), theme=chosen))
    return redirect_with_cookie(cookies.THEME, chosen)


def init_app(app: Flask) -> None:
    """Make ``theme`` and ``current_url`` available in templates."""
    app.jinja_env.globals.update(theme=theme, current_url=current_url)
