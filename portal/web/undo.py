"""The offer to undo what has just been done: a bar at the bottom of the next page, or of the current one with htmx."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, flash, request
from markupsafe import Markup

from portal.core.clock import now
from portal.web.preferences import own_path

UNDO = "undo"
"""The category of flashed messages that offer to undo."""

SECONDS = "{seconds}"
"""What a consequence has in the place of the seconds that are left, which the bar counts down."""


def offer_undo(
    message: str,
    url: str,
    *,
    consequence: str = "",
    within: timedelta | None = None,
    fields: Mapping[str, str] | None = None,
    target: str = "",
    icon: str = "check-circle",
) -> None:
    """Flash a bar that says what has been done and undoes it by a form posted to ``url``.

    It is shown by the next page, or by the fragment that htmx gets, and replaces an earlier bar. ``consequence`` says
    what follows unless it is undone, with ``{seconds}`` where the time left is counted down: "An email goes out in
    {seconds} s." ``within`` is the time in which it can be undone: the bar goes away after it, and is not shown by a
    page that comes later; without it the bar goes away once it can have been read. ``fields`` are hidden fields of the
    form; besides, it sends the CSRF token and ``next``, the page to return to (see ``page_before_undo``). ``target`` is
    the CSS selector of what htmx replaces by the fragment that ``url`` returns; without it the whole page is loaded.
    """
    until = (now() + within).timestamp() if within else None
    offer = {"message": message, "url": url, "consequence": consequence, "until": until, "target": target, "icon": icon}
    flash({**offer, "fields": dict(fields or {})}, UNDO)  # type: ignore[arg-type]  # a session keeps any JSON


def page_before_undo(default: str) -> str:
    """Return the path of the page on which the undo bar was used, or ``default`` if the form does not name one."""
    path = own_path(request.form.get("next", ""))
    return default if path == "/" else path


def seconds_left(offer: Mapping[str, Any]) -> int | None:
    """Return for how many seconds what is offered can still be undone, rounded up; ``None`` without a limit."""
    if offer["until"] is None:
        return None
    until: float = offer["until"]
    return max(0, math.ceil(until - now().timestamp()))


def counted_down(offer: Mapping[str, Any]) -> Markup:
    """Return the consequence as HTML, with the seconds that are left in the element that the script counts down."""
    before, marker, after = offer["consequence"].partition(SECONDS)
    number = Markup("<b data-countdown>{}</b>").format(seconds_left(offer)) if marker else ""
    return Markup("{}{}{}").format(before, number, after)


def init_app(app: Flask) -> None:
    """Make the functions that the undo bar needs available in templates."""
    app.jinja_env.globals.update(seconds_left=seconds_left, counted_down=counted_down)
