"""The reader's language and theme: remembered in a cookie, and on the account of whoever is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, redirect, request

from portal.core.access import ANYONE, access, current_actor
from portal.core.actor import Actor
from portal.core.events import publish
from portal.web.i18n.selection import LOCALE_COOKIE, LOCALES

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
YEAR = 365 * 24 * 60 * 60

blueprint = Blueprint("preferences", __name__)


@dataclass(frozen=True, slots=True)
class PreferenceChosen:
    """A signed-in reader chose; ``None`` for what was not touched, the empty string for "as the system"."""

    actor: Actor
    locale: str | None = None
    theme: str | None = None


def theme() -> str:
    """``light`` or ``dark`` as chosen, else the empty string: the system decides."""
    actor = current_actor()
    wanted = actor.theme if actor.theme is not None else request.cookies.get(THEME_COOKIE, "")
    return wanted if wanted in THEMES else ""


def here() -> str:
    """The address to come back to after a choice: this page, unless it is itself the answer to a form."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return request.path if answers_get(request.path) else "/"


def answers_get(path: str) -> bool:
    """Whether there is a page at this path of the portal: not every address that takes a form is one."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")


def own_address(address: str) -> str:
    """``address`` if it is a path of this portal, else the start page; a line end could not even be answered."""
    if not address.isprintable() or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address


def remember(name: str, value: str) -> Response:
    """Back to where the reader was, with the choice in a cookie."""
    response = redirect(own_address(request.form.get("next", "/")), 303)
    assert isinstance(response, Response)
    keep(response, name, value)
    return response


def keep(response: Response, name: str, value: str) -> None:
    """Let the browser remember a choice, or forget the one before when nothing is chosen any more."""
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
    chosen = request.form.get("locale", "")
    chosen = chosen if chosen in LOCALES else LOCALES[0]
    if current_actor().is_authenticated:
        publish(PreferenceChosen(current_actor(), locale=chosen))
    return remember(LOCALE_COOKIE, chosen)


@blueprint.post("/theme", endpoint="theme")
@access(ANYONE)
def choose_theme() -> Response:
    chosen = request.form.get("theme", "")
    chosen = chosen if chosen in THEMES else ""
    if current_actor().is_authenticated:
        publish(PreferenceChosen(current_actor(), theme=chosen))
    return remember(THEME_COOKIE, chosen)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(theme=theme, here=here)
