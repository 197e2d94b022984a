"""Reports of unexpected errors to Sentry, where ``SENTRY_DSN`` is set."""

from __future__ import annotations

from typing import Any

from config import Settings
from portal.core.logs import without_emails


def start(settings: Settings) -> None:
    """Start reporting unexpected errors of this process to Sentry, or do nothing without ``SENTRY_DSN``.

    Call it after the fork. Neither emails, IP addresses and cookies nor request bodies and local variables are sent.
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
        include_local_variables=False,
        before_send=without_people,
        before_breadcrumb=without_urls,
    )


def without_urls(crumb: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any] | None:
    """Return the breadcrumb ``crumb`` for Sentry, or ``None``, which drops it, for a request to another server.

    Such a breadcrumb holds the URL, and the URL of the Bot API holds the bot's token.
    """
    return None if crumb.get("category") == "httplib" else crumb


def without_people(report: Any, _hint: dict[str, Any]) -> Any:
    """Return the report without emails in its texts, and without the query arguments of the request.

    Links in emails carry their secret as an argument.
    """
    report.get("request", {}).pop("query_string", None)
    return _without_emails(report)


def _without_emails(part: Any) -> Any:
    if isinstance(part, str):
        return without_emails(part)
    if isinstance(part, dict):
        return {key: _without_emails(value) for key, value in part.items()}
    return [_without_emails(value) for value in part] if isinstance(part, list | tuple) else part
