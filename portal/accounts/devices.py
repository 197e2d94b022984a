"""What to call the browser or app behind a sign-in, and where it stands."""

from __future__ import annotations

from functools import lru_cache

from flask_babel import gettext as _


@lru_cache(maxsize=256)
def _parsed(user_agent: str) -> tuple[str | None, str | None]:
    from ua_parser import parse  # its rules are large, and only two pages ask

    found = parse(user_agent)
    browser = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    return browser, system


def device_name(user_agent: str | None) -> str:
    """ "Firefox on Android", as far as the User-Agent says; nobody can rely on it."""
    browser, system = _parsed(user_agent) if user_agent else (None, None)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown device")


def network_name(network: str) -> str:
    """A shortened address as people read it: ``203.0.113.x`` for ``203.0.113.0/24``."""
    address = network.partition("/")[0]
    return f"{address}x" if ":" in address else f"{address.removesuffix('0')}x"
