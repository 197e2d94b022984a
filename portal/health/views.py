"""Views for load balancers, process managers and Prometheus; nothing in them is about a person."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from portal.core.access import ANYONE, access
from portal.core.environment import settings
from portal.extensions import limiter
from portal.health import checks, metrics

blueprint = Blueprint("health", __name__)
limiter.exempt(blueprint)  # probes are frequent, and all come from one IP address


@blueprint.get("/health/live")
@access(ANYONE)
def live() -> Response:
    """Answer 200 with JSON while this process runs, whatever the state of the database."""
    return jsonify(status="ok")


@blueprint.get("/health/ready")
@access(ANYONE)
def ready() -> tuple[Response, int]:
    """Answer with the results of all health checks as JSON: 200, or 503 while this process should get no requests."""
    results = checks.report()
    is_ready = checks.is_ready(results)
    return jsonify(status="ok" if is_ready else "not ready", **results), 200 if is_ready else 503


@blueprint.get("/health")
@access(ANYONE)
def plain() -> tuple[Response, int]:
    """Run all health checks, and answer 200 with the text ``ok`` or 503 with ``not ready``."""
    is_ready = checks.is_ready(checks.report())
    return Response("ok\n" if is_ready else "not ready\n", mimetype="text/plain"), 200 if is_ready else 503


@blueprint.get("/metrics")
@access(ANYONE)
def show_metrics() -> Response:
    """Answer with the metrics in the text format of Prometheus; 401 without ``METRICS_TOKEN`` as bearer.

    Only outside production are they shown to everybody where no token is set.
    """
    if not metrics.may_read(settings()):
        return Response("The metrics need their token.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
