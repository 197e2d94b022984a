"""The IP address of the caller behind trusted proxies."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


WITH_PORT = re.compile(r"(?:\[([^]]*)\]|([\d.]+))(?::\d+)?", re.ASCII)

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """WSGI middleware that takes the caller's IP address from ``X-Forwarded-For``.

    It reads the header from the right, past trusted proxies, to the first other IP address. Anybody can send the
    header, so it counts only on connections from a trusted proxy.
    """

    def __init__(self, app: WSGIApplication, trusted: Iterable[str]) -> None:
        self.app = app
        self.networks = [ipaddress.ip_network(network, strict=False) for network in trusted]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.is_trusted(environ.get("REMOTE_ADDR", "")):
            self.rewrite(environ)
        return self.app(environ, start_response)

    def is_trusted(self, text: str) -> bool:
        """Return whether ``text`` is the IP address of a trusted proxy."""
        ip = parse_ip(text)
        return ip is not None and any(ip in network for network in self.networks)

    def rewrite(self, environ: dict[str, Any]) -> None:
        """Set ``REMOTE_ADDR`` and the URL scheme in the WSGI environment from the ``X-Forwarded-*`` headers.

        A value that is missing or malformed changes nothing.
        """
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        while hops and self.is_trusted(hops[-1]):
            hops.pop()
        caller = parse_ip(hops[-1]) if hops else None
        if caller is not None:
            environ["REMOTE_ADDR"] = str(caller)
        if environ.get("HTTP_X_FORWARDED_PROTO") in {"http", "https"}:
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]


def parse_ip(text: str) -> Ip | None:
    """Return the IP address that ``text`` holds, or ``None`` for anything that is not exactly one.

    A port is dropped, and IPv4 seen by an IPv6 socket (``::ffff:192.0.2.1``) becomes IPv4.
    """
    match = WITH_PORT.fullmatch(text)
    try:
        ip = ipaddress.ip_address((match[1] or match[2] or "") if match else text)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
