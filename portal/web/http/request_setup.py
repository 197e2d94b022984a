"""Set-up of every request: its id, its largest body, and the checks of its URL."""

from __future__ import annotations

import ipaddress
import re
import uuid
from functools import lru_cache
from typing import Protocol

from flask import Flask, Response, current_app, g, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, RequestURITooLarge

from portal.core.access import FORM_CAP, request_channel, requirements_of
from portal.core.actor import Channel
from portal.core.errors import DomainError
from portal.core.text import UNPRINTABLE
from portal.web.http.proxies import parse_ip

URL_LENGTH_MAX = 64 * 1024  # gunicorn's own limit is off, because it would answer without a page
DIRECTIONS = re.compile(rb"%E2%80%A[A-E]", re.IGNORECASE)
"""The characters U+202A to U+202E in a query, as browsers encode them."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class UnprintableUrl(DomainError):
    """Error for a page's URL with query arguments that hold characters no page or filter can handle: HTTP 400."""

    status = 400


def init_app(app: Flask) -> None:
    """Register the set-up of every request with the application.

    Call it before other extensions, because the cap must be set before anything reads the body.
    """
    app.before_request(set_up_request)
    app.after_request(echo_request_id)


def set_up_request() -> None:
    """Set the id of the current request and the largest body that its view accepts.

    Raise ``RequestURITooLarge`` (414) for a URL longer than ``URL_LENGTH_MAX``, and ``UnprintableUrl`` for a page's URL
    with unprintable query arguments.
    """
    environ, endpoint = request.environ, request.endpoint
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    g.request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    requirements = requirements_of(current_app.view_functions[endpoint]) if endpoint else None
    cap = requirements.body_cap if requirements else FORM_CAP
    request.max_content_length = request.max_form_memory_size = cap
    if "HTTP_TRANSFER_ENCODING" in environ:
        environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], cap)
        request.max_content_length = cap + 1  # else Werkzeug stops reading at the cap and treats it as the end
    if len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"]) > URL_LENGTH_MAX:
        raise RequestURITooLarge
    if request_channel() is Channel.PAGE:
        leave_out_directions()
        refuse_unprintable_query()


def leave_out_directions() -> None:
    """Leave embeddings and overrides of direction out of the query of the current page.

    Copying a name or an email often adds them, unseen, to what is then searched.
    """
    request.query_string = DIRECTIONS.sub(b"", request.query_string)


def refuse_unprintable_query() -> None:
    """Raise ``UnprintableUrl`` if a query argument of the current page holds unprintable characters.

    The API checks its query arguments by their schemas instead.
    """
    if request.query_string and any(UNPRINTABLE.search(value) for _name, value in request.args.items(multi=True)):
        raise UnprintableUrl("unprintable", _("This link contains characters that cannot be shown."))


class Readable(Protocol):
    """A stream that can be read, such as the body that the server passes on."""

    def read(self, size: int, /) -> bytes: ...


class LimitedStream:
    """A request body without a stated length, of which at most ``cap`` bytes can be read."""

    def __init__(self, source: Readable, cap: int) -> None:
        self.source, self.left = source, cap

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes of the body.

        Raise ``RequestEntityTooLarge`` (413) beyond the cap, and ``BadRequest`` (400) where the server cannot read the
        body, for example because of broken chunks. The server's refusal of a body, such as 408, is raised as it is.
        """
        try:
            data = self.source.read(size)
        except HTTPException:
            raise
        except Exception as error:  # errors of the server's own, which are no ``OSError``
            raise BadRequest from error
        self.left -= len(data)
        if self.left < 0:
            raise RequestEntityTooLarge
        return data


def echo_request_id(response: Response) -> Response:
    """Return the response with the id of the request in its header ``X-Request-ID``."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


@lru_cache(maxsize=4096)
def shortened_network(ip: str | None) -> str | None:
    """Return the /24 (IPv6: /48) network of an IP address as text: ``192.0.2.0/24``; ``None`` for other text.

    It identifies a place and not a person.
    """
    parsed = parse_ip(ip or "")
    if parsed is None:
        return None
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
