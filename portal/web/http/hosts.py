"""Under which names the portal answers: links are made from the Host header, so a foreign one is refused."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from config import Settings


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that are ours, in lower case; one that starts with a dot stands for all names below it."""

    names: frozenset[str]
    allow_local: bool
    allow_any: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Hosts:
        """Any name counts only while the portal listens on every address in development."""
        everywhere = settings.is_development and settings.host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        public = urlsplit(settings.base_url).hostname or ""
        return cls(_plain([public, *settings.trusted_hosts]), not settings.is_production, everywhere)

    def include(self, host: str) -> bool:
        """Whether a Host header, with or without port, is ours."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if self.allow_any or name in self.names or (self.allow_local and _is_local(name)):
            return True
        return any(name.endswith(suffix) for suffix in self.names if suffix.startswith("."))


def _plain(names: Iterable[str]) -> frozenset[str]:
    """As browsers send them: lower case, other letters in punycode, an IPv6 address without brackets."""
    return frozenset(name.lower().strip("[]").encode("idna").decode() for name in names if name)


def _is_local(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
