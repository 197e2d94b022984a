"""The Jinja environment of the portal, and macros whose results are remembered."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from markupsafe import Markup

from config import Settings
from portal.core.clock import now
from portal.web.http.static_files import follows_changes
from portal.web.i18n.selection import language, select_time_zone
from portal.web.templating.filters import viewer_time_zone

Macro = Callable[..., Markup]

REMEMBERED_MAX = 1024
"""How many results of one macro are remembered, the latest ones; a card of an event is one or two kilobytes."""


class PortalEnvironment(Environment):
    """Flask's environment, in which all templates share one map of globals.

    Jinja's own map of each template costs a page some six hundred look-ups, as it is compared at each import.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: those of the environment, below the template's own if it is given any."""
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask, settings: Settings) -> None:
    """Make ``remembered`` available in templates; where changed files are followed, it remembers nothing."""
    app.jinja_env.globals["remembered"] = unchanged if follows_changes(settings) else remembered


def _of_times() -> tuple[str | None, int]:
    """Return what the filters for days and times take from the request: the viewer's zone, and its present year."""
    return select_time_zone(), now().astimezone(viewer_time_zone()).year


def unchanged(macro: Macro, *, shows_times: bool = False) -> Macro:
    """Return the macro itself."""
    return macro


def remembered(macro: Macro, *, shows_times: bool = False) -> Macro:
    """Return a function that renders a macro once for each combination of arguments and language.

    With ``shows_times``, it is rendered once for each time zone of a viewer and each year, too. What the macro shows
    must depend on nothing else, never on who views it, and its arguments must be hashable. They are compared with their
    types, because equal text is escaped or not depending on its type.
    """

    @lru_cache(REMEMBERED_MAX, typed=True)
    def rendered(_conditions: tuple[object, ...], *arguments: Any) -> Markup:
        return macro(*arguments)

    def remembering(*arguments: Any) -> Markup:
        conditions = (language(), *(_of_times() if shows_times else ()))
        return rendered(conditions, *arguments)

    return remembering
