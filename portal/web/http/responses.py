"""Responses of pages: the whole page, or the fragment that htmx asked for."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, session, url_for
from htmx_flask import request


def is_htmx() -> bool:
    """Return whether htmx sends the request: it would put a page that it is redirected to into a part of its own."""
    return bool(request.htmx)  # type: ignore[attr-defined]  # the extension's own request class has it


def wants_fragment() -> bool:
    """Return whether htmx asks for a fragment; false for boosted visits and restored history, which need a page."""
    htmx = request.htmx  # type: ignore[attr-defined]  # the extension's own request class has it
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return False
    return request.headers.get("HX-Request-Type") != "full"  # htmx 4, which the extension does not know yet


def render(page: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Return the response that renders the template ``page``, or ``fragment`` if htmx asks for a fragment.

    ``context`` are the template's variables. A fragment brings the flashed messages along, which a page shows itself.
    The response varies by ``HX-Request``.
    """
    is_fragment = fragment is not None and wants_fragment()
    html = render_template(fragment if fragment and is_fragment else page, **context)
    if is_fragment and "_flashes" in session:
        html += render_template("layouts/_messages.html")
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def see_other(endpoint: str, **values: Any) -> Response:
    """Return a redirect to the page of ``endpoint``, so that reloading it does not repeat the write; see ``go_to``.

    ``values`` are the arguments of its URL.
    """
    return go_to(url_for(endpoint, **values))


def read_anew(url: str) -> Response:
    """Return a redirect (303) to ``url`` that htmx follows as browsers do, to take parts out of that page.

    It is for forms with ``hx-select``. ``url`` must be one of this portal: it is not checked.
    """
    response = redirect(url, 303)
    assert isinstance(response, Response)
    return response


def go_to(url: str) -> Response:
    """Return a redirect (303) to ``url``, or for htmx ``HX-Redirect``, by which it opens the whole page.

    ``url`` must be one of this portal: it is not checked.
    """
    if is_htmx():
        return Response(headers={"HX-Redirect": url, "Vary": "HX-Request"})
    return read_anew(url)
