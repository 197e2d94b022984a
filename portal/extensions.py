"""Unbound extension objects; ``create_app`` binds them."""

from __future__ import annotations

from flask_babel import Babel
from flask_jwt_extended import JWTManager
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from portal.core.coarse_limit import CoarseLimiter
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
limiter = CoarseLimiter(get_remote_address, default_limits=["1200 per minute"], in_memory_fallback_enabled=True)
