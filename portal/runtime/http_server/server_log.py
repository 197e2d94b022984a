"""The log of gunicorn, without a line for each request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger


class ServerLog(Logger):
    """Errors and notices of the server.

    gunicorn would collect thirty values for the line of each request and then not write it, because its own
    configuration of logs could hold a file for these lines.
    """

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write nothing: the proxy in front logs requests, and ``portal.core.logs`` errors."""
