"""The application: its extensions, error handlers and features put together; ``portal.create_app`` builds it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Request, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_cors import CORS
from jinja2 import StrictUndefined
from werkzeug.exceptions import SecurityError
from werkzeug.routing import MapAdapter

from config import ROOT, Environment, Settings, load
from portal.api.errors import InvalidRequest, problem_of_validation
from portal.core.access import (
    ANYONE,
    MEMBER,
    Requirements,
    check_declared_access,
    current_actor,
    request_channel,
    requirements_of,
    set_default_access,
)
from portal.core.actor import Channel
from portal.core.db import remembered, unit_of_work
from portal.core.db.base import SIMILARITY_THRESHOLD
from portal.core.db.connections import CONNECT_ARGUMENTS
from portal.core.extension_points import EXTENSION
from portal.core.manifest import Feature, Registry, Views
from portal.core.manifest import load as load_features
from portal.extensions import babel, count_refused_bearer, csrf, db, htmx, jwt, limiter, login_manager, mail, migrate
from portal.features import FEATURES
from portal.health import metrics
from portal.outbox.transports.mail import flask_mail_configuration
from portal.runtime import embedded_database
from portal.runtime.cli import Commands
from portal.web import brand
from portal.web.agreement import url_of_notice
from portal.web.http import (
    compression,
    cookies,
    errors,
    headers,
    request_counts,
    request_setup,
    sessions,
    static_files,
)
from portal.web.http.hosts import Hosts
from portal.web.http.proxies import TrustedProxies
from portal.web.i18n import selection, template_texts
from portal.web.templating import environment, template_globals

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CLOSED = Requirements(MEMBER)
ISSUER = "alumni-portal"
REDIS_SECONDS = 0.1
"""How long a request waits for Redis, which counts the coarse limit only."""


class PortalFlask(Flask):
    """Flask that runs each request in one unit of work: access check, view, commit, and only then the response."""

    jinja_environment = environment.PortalEnvironment

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return the URL adapter of a request; raise ``SecurityError`` (400) for a host that is not accepted.

        Flask's own check distinguishes case and does not know IPv6.
        """
        if request is not None and not self.config["HOSTS"].include(request.host):
            raise SecurityError
        return super().create_url_adapter(request)

    def dispatch_request(self) -> ResponseReturnValue:
        """Return the view's response after its unit of work is committed; reading methods get a read connection.

        An ``OPTIONS`` request to the API gets 204 for any URL.
        """
        if request.method == "OPTIONS" and request_channel() is Channel.API:
            return Response(status=204)  # browsers of the clients send it for any URL, even one that does not exist
        if request.routing_exception is not None or request.method == "OPTIONS":
            return super().dispatch_request()
        return unit_of_work.run(self.enter_view, writes=request.method not in READING_METHODS)

    def handle_user_exception(self, e: Exception) -> ResponseReturnValue:
        """Return the response of the error's handler, which may read language and menu of its page from the database.

        Raise the error again if it has no handler.
        """
        return unit_of_work.run(lambda: super(PortalFlask, self).handle_user_exception(e), writes=False)

    def handle_exception(self, e: Exception) -> Response:
        """Log an unhandled error and return its response, whose page may read the database."""
        return unit_of_work.run(lambda: super(PortalFlask, self).handle_exception(e), writes=False)

    def enter_view(self) -> ResponseReturnValue:
        """Check the access that the view declares, run the view, and return its response.

        A visit by somebody who has to agree to the privacy notice first is redirected there.

        Raise ``Unauthenticated``, ``ReauthenticationNeeded`` or ``Forbidden`` if the caller has no access.
        """
        requirements = requirements_of(self.view_functions[request.endpoint or ""])
        if requirements is None or requirements.access != ANYONE:
            access = (requirements or CLOSED).access
            access.check(current_actor())
            notice = url_of_notice(access, current_actor())
            if notice is not None:
                return redirect(notice, 303)
        if "is_entered" in g:  # the unit of work is retried and must read the same files again
            for upload in request.files.values():
                upload.stream.seek(0)
        g.is_entered = True
        return self.make_response(super().dispatch_request())


def build(settings: Settings | None = None, features: Iterable[str] = FEATURES) -> PortalFlask:
    """Return the application of the named features, without starting a thread.

    ``settings`` are read from the environment by default. Raise ``SettingsError`` for a wrong environment,
    ``ManifestError`` for a wrong manifest, and ``RuntimeError`` for a view that does not declare its access.
    """
    settings = settings or load()
    registry = load_features(features)
    app = PortalFlask(
        "portal", root_path=str(ROOT), template_folder="templates", static_folder="static", static_url_path="/static"
    )
    app.extensions[EXTENSION] = registry
    remembered.init_app(app, settings)
    app.cli = Commands(app.name, registry.commands)
    app.config.from_mapping(flask_configuration(settings))
    app.url_map.strict_slashes = False
    app.jinja_env.undefined = StrictUndefined
    bind_extensions(app, settings)
    errors.init_app(app)
    sessions.init_app()
    cookies.init_app(app)
    compression.init_app(app)
    headers.init_app(app, settings)
    static_files.init_app(app, settings)
    environment.init_app(app, settings)
    template_globals.init_app(app)
    brand.init_app(app)
    metrics.init_app(app)
    app.register_error_handler(InvalidRequest, problem_of_validation)
    register_views(app, registry, development=not settings.is_production)
    check_declared_access(app)
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # Flask's documented way
    return app


def register_views(app: Flask, registry: Registry, *, development: bool) -> None:
    """Register the blueprints of all features, pages first; pages for developers only with ``development``.

    JSON endpoints are exempt from CSRF protection: none reads a cookie, so another site cannot forge their requests.
    """
    for feature in registry.features:
        for views in feature.pages:
            if development or not views.only_in_development:
                register_blueprint(app, feature, views)
    for feature in registry.features:
        for views in feature.api:
            csrf.exempt(register_blueprint(app, feature, views))


def register_blueprint(app: Flask, feature: Feature, views: Views) -> Blueprint:
    """Register and return the blueprint of ``views``, and give its views the default access unless they declare one."""
    blueprint = feature.blueprint(views)
    app.register_blueprint(blueprint, url_prefix=views.prefix or None)
    assert views.access is not None, "the registry refuses views without access"
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(f"{blueprint.name}."):
            set_default_access(view, views.access)
    return blueprint


def bind_extensions(app: Flask, settings: Settings) -> None:
    """Bind the Flask extensions and the set-up of requests to the application.

    The order matters: ``request_setup`` limits the body before CSRF protection reads it, and the database session must
    end before the read connection that it uses.
    """
    request_setup.init_app(app)
    unit_of_work.init_app(app)
    login_manager.init_app(app, add_context_processor=False)  # templates ask current_actor, which asks once
    for extension in (db, csrf, jwt, mail, htmx, limiter):
        extension.init_app(app)
    app.after_request(count_refused_bearer)
    babel.init_app(app, locale_selector=selection.select_locale, timezone_selector=selection.select_time_zone)
    template_texts.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    origins = settings.cors_origins or (() if settings.is_production else "*")
    CORS(app, resources={r"/api/.*": {"origins": origins, "max_age": 600}}, send_wildcard=True)


def flask_configuration(settings: Settings) -> dict[str, Any]:
    """Return the configuration of Flask and of its extensions, by key, for the typed ``settings`` of the process."""
    return {
        "PORTAL": settings,
        "TESTING": settings.environment is Environment.TEST,
        "PROPAGATE_EXCEPTIONS": False,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=365),
        **cookies.cookie_configuration(settings),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "HOSTS": Hosts.of(settings),
        "SQLALCHEMY_DATABASE_URI": settings.database_url or embedded_database.url(settings.database_dir),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "isolation_level": "AUTOCOMMIT",
            "skip_autocommit_rollback": True,
            "pool_size": 5,
            "max_overflow": 5,
            "pool_timeout": 5,
            "hide_parameters": True,
            "connect_args": {
                **CONNECT_ARGUMENTS,
                "options": "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
                f" -c random_page_cost=1.1 -c pg_trgm.word_similarity_threshold={SIMILARITY_THRESHOLD}",
            },
        },
        **flask_mail_configuration(settings),
        "WTF_CSRF_TIME_LIMIT": None,
        "JWT_TOKEN_LOCATION": ["headers"],
        "JWT_ENCODE_ISSUER": ISSUER,
        "JWT_DECODE_ISSUER": ISSUER,
        **selection.flask_babel_configuration(),
        "RATELIMIT_STORAGE_URI": settings.redis_url or f"{request_counts.SCHEME}://",
        "RATELIMIT_STORAGE_OPTIONS": redis_options() if settings.redis_url else {},
        "RATELIMIT_ENABLED": settings.environment is not Environment.TEST,  # its memory storage starts a thread
    }


def redis_options() -> dict[str, Any]:
    """Return the options of the client of Redis: it gives up after ``REDIS_SECONDS`` and does not try again."""
    from redis.backoff import NoBackoff  # imported here: most portals have no Redis, and it takes long to load
    from redis.retry import Retry

    return {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS, "retry": Retry(NoBackoff(), 0)}
