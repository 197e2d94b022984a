"""Flask extensions, which ``create_app`` binds to the application."""

from __future__ import annotations

from flask import request
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
limiter = Limiter(get_remote_address, default_limits=["1200 per minute"], in_memory_fallback_enabled=True)


@limiter.request_filter
def is_bearer_read() -> bool:
    """Return whether the request is a GET of the API with an ``Authorization`` header, exempt from the coarse limit.

    The existing clients read in bursts that must not be limited, and their bearer names the caller. For them the limit
    would take most of its time: a fifth of that of a small response.
    """
    return request.method == "GET" and "Authorization" in request.headers and request_channel() is Channel.API
