"""For load balancers, process managers and Prometheus; nothing here is about a person."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from portal.core.access import ANYONE, access
from portal.core.environment import settings
from portal.extensions import limiter
from portal.health import checks, metrics

blueprint = Blueprint("health", __name__)
limiter.exempt(blueprint)  # probes come often, all from one address


@blueprint.get("/health/live")
@access(ANYONE)
def live() -> Response:
    """This process answers; says nothing about the database."""
    return jsonify(status="ok")


@blueprint.get("/health/ready")
@access(ANYONE)
def ready() -> tuple[Response, int]:
    """503 with what is wrong while requests should go elsewhere."""
    found = checks.report()
    is_ready = checks.is_ready(found)
    return jsonify(status="ok" if is_ready else "not ready", **found), 200 if is_ready else 503


@blueprint.get("/health")
@access(ANYONE)
def plain() -> tuple[Response, int]:
    """The same in one word, for people and simple probes."""
    is_ready = checks.is_ready(checks.report())
    return Response("ok\n" if is_ready else "not ready\n", mimetype="text/plain"), 200 if is_ready else 503


@blueprint.get("/metrics")
@access(ANYONE)
def show_metrics() -> Response:
    """Prometheus' text format, behind METRICS_TOKEN where it is set."""
    if not metrics.may_read(settings().metrics_token.get_secret_value()):
        return Response("The metrics need their token.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
