"""Accepted host names: links are made from the ``Host`` header, so that a foreign one is refused."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from config import Settings


@dataclass(frozen=True, slots=True)
class Hosts:
    """The accepted names in lower case; one that begins with a dot stands for all of its subdomains.

    ``allow_local`` accepts names of this machine too, ``allow_any`` every name.
    """

    names: frozenset[str]
    allow_local: bool
    allow_any: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Hosts:
        """Return the accepted hosts of a configuration: the host of its base URL and its trusted hosts.

        Outside production names of this machine are accepted too, and every name in development on all network
        interfaces.
        """
        allow_any = settings.is_development and settings.host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        public = urlsplit(settings.base_url).hostname or ""
        return cls(_normalised([public, *settings.trusted_hosts]), not settings.is_production, allow_any)

    def include(self, host: str) -> bool:
        """Return whether a ``Host`` header, with or without port, names this portal; false for a malformed one."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if self.allow_any or name in self.names or (self.allow_local and _is_local(name)):
            return True
        return any(name.endswith(suffix) for suffix in self.names if suffix.startswith("."))


def _normalised(names: Iterable[str]) -> frozenset[str]:
    """Return names as browsers send them: lower case, punycode, no brackets around IPv6."""
    return frozenset(name.lower().strip("[]").encode("idna").decode() for name in names if name)


def _is_local(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
