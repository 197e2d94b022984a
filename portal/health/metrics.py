"""Metrics for Prometheus: the requests of all workers together, and the state of the outbox at each scrape."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from functools import cache
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from config import Settings
from portal.core.db.failures import is_worth_retrying
from portal.health import checks

REQUESTS = Counter("portal_requests", "Requests answered.", ["endpoint", "method", "status"])
SECONDS = Histogram(
    "portal_request_seconds",
    "Time to an answer.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Register the functions that count and time every request of the application."""
    app.before_request(start_clock)
    app.after_request(count)


def start_clock() -> None:
    """Keep the time at which the request began, from which ``count`` computes its duration."""
    g.started = perf_counter()


def count(response: Response) -> Response:
    """Add the request and its duration to the metrics of this process, and return the response unchanged."""
    endpoint, method = request.endpoint or "unknown", request.method
    requests_of(endpoint, method if method in METHODS else "other", response.status_code).inc()
    started = g.get("started")
    if started is not None:
        seconds_of(endpoint).observe(perf_counter() - started)
    return response


@cache
def requests_of(endpoint: str, method: str, status: int) -> Counter:
    """Return the counter of requests with these labels; cached, because looking it up takes a lock."""
    return REQUESTS.labels(endpoint, method, status)


@cache
def seconds_of(endpoint: str) -> Histogram:
    """Return the histogram of the durations of an endpoint's requests, in seconds; cached."""
    return SECONDS.labels(endpoint)


class OutboxCollector(Collector):
    """A collector that reads the outbox at each scrape, so that every worker reports the same numbers."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Return an empty list, so that registering the collector does not read the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one metric with the number of outbox messages by state.

        It is empty while the database does not answer. Errors after which the request is retried are raised.
        """
        gauge = GaugeMetricFamily("portal_outbox_messages", "Messages by state.", labels=["state"])
        try:
            states = checks.outbox_states()
        except DBAPIError as error:
            if is_worth_retrying(error):
                raise
            states = {}  # the health check reports it; the metrics of the processes matter most now
        for state, number in states.items():
            gauge.add_metric([state], number)
        yield gauge


def may_read(settings: Settings) -> bool:
    """Return whether the request carries ``METRICS_TOKEN`` as bearer; without one it may outside production only.

    The number of messages that were sent says who has an account.
    """
    expected = settings.metrics_token.get_secret_value()
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(token.encode(), expected.encode()) if expected else not settings.is_production


def exposition() -> bytes:
    """Return all metrics in the text format of Prometheus; those of requests are summed over all workers."""
    outbox = CollectorRegistry()
    outbox.register(OutboxCollector())
    processes: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        processes = CollectorRegistry()
        multiprocess.MultiProcessCollector(processes)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return generate_latest(processes) + generate_latest(outbox)
