"""Responses of pages: the whole page, or the fragment that htmx asked for."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from htmx_flask import request


def wants_fragment() -> bool:
    """Return whether htmx asks for a swap; boosted visits and restored history entries need the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]  # the extension's own request class has it
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return False
    return request.headers.get("HX-Request-Type") != "full"  # htmx 4, which the extension does not know yet


def render(page: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Return ``page`` rendered, or ``fragment``, which the page includes, if htmx asks for a swap."""
    template = fragment if fragment and wants_fragment() else page
    response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response


def see_other(endpoint: str, **values: Any) -> Response:
    """Return a redirect (303) to the page of ``endpoint``, so that reloading it does not repeat the write."""
    return see_other_url(url_for(endpoint, **values))


def see_other_url(url: str) -> Response:
    """Return a redirect (303) to a URL of the portal."""
    response = redirect(url, 303)
    assert isinstance(response, Response)
    return response
