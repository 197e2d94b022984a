"""The caller's address behind proxies: believed only when the proxy is ours."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class TrustedProxies:
    """WSGI middleware: walks ``X-Forwarded-For`` from the right, past our own proxies, to the first stranger.

    Anybody can send the header, so it counts only when the connection itself comes from a trusted address.
    """

    def __init__(self, app: WSGIApplication, trusted: Iterable[str]) -> None:
        self.app = app
        self.networks = [ipaddress.ip_network(network, strict=False) for network in trusted]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.is_ours(environ.get("REMOTE_ADDR", "")):
            self.rewrite(environ)
        return self.app(environ, start_response)

    def is_ours(self, address: str) -> bool:
        ip = parsed(address)
        return ip is not None and any(ip in network for network in self.networks)

    def rewrite(self, environ: dict[str, Any]) -> None:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        while hops and self.is_ours(hops[-1]):
            hops.pop()
        if hops and parsed(hops[-1]) is not None:
            environ["REMOTE_ADDR"] = hops[-1]
        if environ.get("HTTP_X_FORWARDED_PROTO") in {"http", "https"}:
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]


def parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, or ``None`` for anything that is not exactly one."""
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
