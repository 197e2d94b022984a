"""Answers of pages: the whole page, or only the fragment that htmx asked for."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from htmx_flask import request


def wants_fragment() -> bool:
    """True for a swap; a boosted visit or a restored history entry needs the whole page."""
    said = request.htmx  # type: ignore[attr-defined]  # the extension's own request class has it
    if not said or said.boosted or said.history_restore_request:
        return False
    return request.headers.get("HX-Request-Type") != "full"  # htmx 4, which the extension does not know yet


def render(page: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render ``page``, or ``fragment`` (which the page includes) when htmx asked for a swap."""
    template = fragment if fragment and wants_fragment() else page
    response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response


def see_other(endpoint: str, **values: Any) -> Response:
    """Send the browser to ``endpoint`` with a GET, so that reloading does not repeat the write."""
    return redirected(url_for(endpoint, **values))


def redirected(address: str) -> Response:
    """The same for an address of ours that is already written."""
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response
