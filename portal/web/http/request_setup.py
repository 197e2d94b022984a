"""What every request carries: its id, the caller's network, the size it may have."""

from __future__ import annotations

import ipaddress
import re
import uuid
from functools import lru_cache
from typing import Protocol

from flask import Flask, Response, current_app, g, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestURITooLarge

from portal.core.access import FORM_CAP, request_channel, requirements_of
from portal.core.actor import Channel
from portal.core.errors import DomainError
from portal.core.text import UNPRINTABLE
from portal.web.http.proxies import parsed

LONGEST_ADDRESS = 64 * 1024  # gunicorn's own cap is off: it would answer a bare page
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class UnreadableAddress(DomainError):
    """No link of ours leads there, and no filter could look for what it says."""

    status = 400


def init_app(app: Flask) -> None:
    """Must be the first to register: the cap has to stand before anyone reads the body."""
    app.before_request(start)
    app.after_request(echo_request_id)


def start() -> None:
    environ, endpoint = request.environ, request.endpoint
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    g.request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    gate = requirements_of(current_app.view_functions[endpoint]) if endpoint else None
    cap = gate.body_cap if gate else FORM_CAP
    request.max_content_length = request.max_form_memory_size = cap
    if "HTTP_TRANSFER_ENCODING" in environ:
        environ["wsgi.input"] = Chunks(environ["wsgi.input"], cap)
        request.max_content_length = cap + 1  # else Werkzeug stops reading at the cap and takes that for the whole
    if len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"]) > LONGEST_ADDRESS:
        raise RequestURITooLarge
    if request_channel() is Channel.PAGE:
        refuse_unprintable_query()


def refuse_unprintable_query() -> None:
    """For pages, which look only for the arguments that they know; the API checks the models of its endpoints."""
    if request.query_string and any(UNPRINTABLE.search(value) for _name, value in request.args.items(multi=True)):
        raise UnreadableAddress("unprintable", _("This link contains characters that cannot be shown."))


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Chunks:
    """A body that does not say how long it is: beyond the cap it is refused, and broken chunks are the sender's."""

    def __init__(self, source: Source, cap: int) -> None:
        self.source, self.left = source, cap

    def read(self, size: int) -> bytes:
        try:
            data = self.source.read(size)
        except Exception as error:  # the server's own kinds, which are no ``OSError``
            raise BadRequest from error
        self.left -= len(data)
        if self.left < 0:
            raise RequestEntityTooLarge
        return data


def echo_request_id(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


@lru_cache(maxsize=4096)
def shortened_network(address: str | None) -> str | None:
    """The network of an address, /24 or /48: enough to recognise a place, not a person."""
    ip = parsed(address or "")
    if ip is None:
        return None
    prefix = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network((ip, prefix), strict=False))
