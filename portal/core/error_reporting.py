"""Errors that nobody saw coming, reported to Sentry where an address is set."""

from __future__ import annotations

from typing import Any

from config import Settings


def start(settings: Settings) -> None:
    """Call it in the process that shall report, after the fork; sends no address, cookie or body."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk  # here: most portals report nowhere and should not carry it

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.environment.value,
        traces_sample_rate=settings.sentry_sample_rate,
        send_default_pii=False,
        max_request_body_size="never",
        before_breadcrumb=without_addresses,
    )


def without_addresses(crumb: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any] | None:
    """Calls of other servers leave no trace: the address of a Telegram bot holds its token."""
    return None if crumb.get("category") == "httplib" else crumb
