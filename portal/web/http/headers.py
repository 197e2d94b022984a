"""Security and caching headers of every response."""

from __future__ import annotations

import secrets
from typing import Protocol

from flask import Flask, Response, g

from config import Settings

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
VARIES = (
    "Accept-Language",
    "Authorization",
    "Cookie",
    "HX-Current-URL",
    "HX-History-Restore-Request",
    "HX-Request",
    "HX-Request-Type",
    "Origin",
)
"""Request headers by which what is not public may differ: language, caller, page or fragment, allowed origin."""
YEAR = 365 * 24 * 60 * 60


class SettableHeaders(Protocol):
    """The headers of a response, either of Flask or of WhiteNoise."""

    def __setitem__(self, name: str, value: str, /) -> None: ...


def csp_nonce() -> str:
    """Return the nonce that the scripts in the response to the current request must carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(12)
    nonce: str = g.csp_nonce
    return nonce


def add_transport_headers(headers: SettableHeaders, settings: Settings) -> None:
    """Set the headers that static files have too: no guessing of types and, in production, HSTS for a year."""
    headers["X-Content-Type-Options"] = "nosniff"
    if settings.is_production:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"


def init_app(app: Flask, settings: Settings) -> None:
    """Add the security and caching headers to every response, and ``csp_nonce`` to the templates.

    A content security policy, ``X-Frame-Options``, ``Cache-Control`` or ``Retry-After`` that a view has set stays.
    """
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        add_transport_headers(headers, settings)
        if response.status_code == 429:
            headers.setdefault("Retry-After", "60")
        if response.mimetype == "text/html":
            headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
            headers["Referrer-Policy"] = "same-origin"
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
            headers.setdefault("X-Frame-Options", "DENY")
        if "public" not in headers.get("Cache-Control", ""):
            response.vary.update(VARIES)
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-cache"
        return response
