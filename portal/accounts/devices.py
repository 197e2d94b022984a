"""Names of the browser or app of a session and of its network, as pages show them."""

from __future__ import annotations

from functools import lru_cache

from flask_babel import gettext as _


@lru_cache(maxsize=256)
def _browser_and_system(user_agent: str) -> tuple[str | None, str | None]:
    from ua_parser import parse  # its rules are large, and only two pages ask

    parsed = parse(user_agent)
    browser = parsed.user_agent.family if parsed.user_agent else None
    system = parsed.os.family if parsed.os else None
    return browser, system


def device_name(user_agent: str | None) -> str:
    """Return a translated name such as "Firefox on Android" for a User-Agent, which anybody can forge.

    If only the browser or only the system is recognised, it alone is named; otherwise the name is "Unknown device".
    """
    browser, system = _browser_and_system(user_agent) if user_agent else (None, None)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown device")


def network_name(network: str) -> str:
    """Return a shortened network as pages show it: ``203.0.113.x`` for ``203.0.113.0/24``, ``2001:db8::x`` for IPv6."""
    ip = network.partition("/")[0]
    return f"{ip}x" if ":" in ip else f"{ip.removesuffix('0')}x"
