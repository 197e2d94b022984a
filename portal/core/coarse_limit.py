"""The coarse limit of requests per network address; what protects accounts is exact and lives in ``throttle``."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_limiter import Limiter

from portal.core.access import request_channel
from portal.core.actor import Channel


class CoarseLimiter(Limiter):
    """Flask-Limiter that lets reads of the API with a bearer pass uncounted.

    The existing clients read in bursts that must not be limited, whoever reads so is known by name, and counting
    took a fifth of the whole request. Should Redis be away, each process counts for itself.
    """

    def _check_request_limit(self, *arguments: Any, **options: Any) -> None:
        if request.method == "GET" and "Authorization" in request.headers and request_channel() is Channel.API:
            return
        super()._check_request_limit(*arguments, **options)
