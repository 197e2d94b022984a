"""Flask extensions, which ``create_app`` binds to the application."""

from __future__ import annotations

import time

from flask import Response, request
from flask_babel import Babel
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from portal.core.access import request_channel
from portal.core.actor import Channel
from portal.core.db.base import Base
from portal.core.db.unit_of_work import PortalSession

db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": PortalSession, "expire_on_commit": False})
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
jwt = JWTManager()
mail = Mail()
babel = Babel()
htmx = Htmx()
limiter = Limiter(
    get_remote_address,
    default_limits=["1200 per minute"],
    in_memory_fallback_enabled=True,
    swallow_errors=True,  # while the storage fails: requests that are under way when the fallback begins
)


class RefusedBearers:
    """How many bearer tokens of each IP address were refused in the present minute; counted in this process only."""

    LIMIT = 60
    """So many happen when the tokens of people who share an IP address expire; more are not honest."""

    def __init__(self) -> None:
        self.minute = 0
        self.counts: dict[str, int] = {}

    def add(self, ip: str) -> None:
        """Count a refusal."""
        minute = int(time.monotonic() // 60)
        if minute != self.minute:
            self.minute, self.counts = minute, {}
        self.counts[ip] = self.counts.get(ip, 0) + 1

    def are_many(self, ip: str) -> bool:
        """Return whether more than ``LIMIT`` were refused within this minute."""
        return self.counts.get(ip, 0) > self.LIMIT and self.minute == int(time.monotonic() // 60)


refused_bearers = RefusedBearers()


def presents_bearer() -> bool:
    """Return whether the request is a GET of the API with an ``Authorization`` header, valid or not."""
    return request.method == "GET" and "Authorization" in request.headers and request_channel() is Channel.API


@limiter.request_filter
def is_bearer_read() -> bool:
    """Return whether the request is a GET of the API with a bearer, exempt from the coarse limit.

    The existing clients read in bursts that must not be limited, and their bearer names the caller. For them the limit
    would take most of its time: a fifth of that of a small response. The exemption ends for an IP address from which
    many bearers are refused.
    """
    return presents_bearer() and not refused_bearers.are_many(get_remote_address())


def count_refused_bearer(response: Response) -> Response:
    """Count the bearer of the request if it was refused, and return the response unchanged."""
    if response.status_code == 401 and presents_bearer():
        refused_bearers.add(get_remote_address())
    return response
