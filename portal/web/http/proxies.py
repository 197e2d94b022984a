"""The caller's address behind proxies: believed only when the proxy is ours."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


BARE = re.compile(r"(?:\[([^]]*)\]|([\d.]+))(?::\d+)?", re.ASCII)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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
        stranger = parsed(hops[-1]) if hops else None
        if stranger is not None:
            environ["REMOTE_ADDR"] = str(stranger)
        if environ.get("HTTP_X_FORWARDED_PROTO") in {"http", "https"}:
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]


def parsed(address: str) -> Address | None:
    """The address, or ``None`` for anything that is not exactly one.

    A port behind it is left out; an IPv4 address that an IPv6 socket saw (``::ffff:192.0.2.1``) is that IPv4 address.
    """
    bare = BARE.fullmatch(address)
    try:
        ip = ipaddress.ip_address((bare[1] or bare[2] or "") if bare else address)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
