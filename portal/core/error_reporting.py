"""Reports of unexpected errors to Sentry, where ``SENTRY_DSN`` is set."""

from __future__ import annotations

from typing import Any

from config import Settings


def start(settings: Settings) -> None:
    """Start reporting unexpected errors of this process to Sentry, or do nothing without ``SENTRY_DSN``.

    Call it after the fork. Neither emails, IP addresses and cookies nor request bodies are sent.
    """
    if not settings.sentry_dsn:
        return
    import sentry_sdk  # imported here: most portals report nowhere and should not load it

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.environment.value,
        traces_sample_rate=settings.sentry_sample_rate,
        send_default_pii=False,
        max_request_body_size="never",
        before_breadcrumb=without_urls,
    )


def without_urls(crumb: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any] | None:
    """Return the breadcrumb ``crumb`` for Sentry, or ``None``, which drops it, for a request to another server.

    Such a breadcrumb holds the URL, and the URL of the Bot API holds the bot's token.
    """
    return None if crumb.get("category") == "httplib" else crumb
