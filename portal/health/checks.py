"""The health checks of this process: the database, its migrations and the jobs."""

from __future__ import annotations

from functools import cache

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from portal.cities.extension_points import MAP_WARNING
from portal.core.db import failures
from portal.core.environment import settings
from portal.extensions import db
from portal.files import space
from portal.outbox.models import OutboxMessage, State
from portal.runtime import scheduler

LONGEST_SILENCE = 60.0
OK = "ok"
PICTURES, MAP = "pictures", "map"
WARNINGS = (PICTURES, MAP)
"""The checks that only warn: somebody should look, and everything else works."""


def report() -> dict[str, str]:
    """Run all health checks, and return their results by name: ``database``, ``migrations``, ``jobs`` and ``WARNINGS``.

    A result is ``ok`` or a short text that says what is wrong; for ``jobs`` also ``elsewhere``, if ``SCHEDULER`` is
    off.
    """
    results = {**database(), "jobs": jobs(), PICTURES: space.warning() or OK}
    return {**results, MAP: (MAP_WARNING.implementation() or OK) if is_ready(results) else "unknown"}


def is_ready(results: dict[str, str]) -> bool:
    """Return whether no check in ``results``, which ``report`` returned, has failed.

    ``elsewhere`` is no failure, and neither are ``WARNINGS``.
    """
    return all(result in {OK, "elsewhere"} for name, result in results.items() if name not in WARNINGS)


def database() -> dict[str, str]:
    """Return the results of ``database`` and ``migrations``: ``ok``, or what is wrong.

    The database must answer and be at the newest migration of this code. If it does not answer, the error is logged.
    """
    try:
        version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        failures.log(current_app.logger, error, "the database cannot be checked")
        return {"database": "does not answer", "migrations": "unknown"}
    return {"database": OK, "migrations": OK if version == head() else f"at {version}, this code wants {head()}"}


@cache
def head() -> str:
    """Return the id of the newest migration in this code, or an empty string without migrations; cached."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head() or ""


def jobs() -> str:
    """Return the state of this process's jobs: ``ok`` after a heartbeat within the last 60 seconds, else what is wrong.

    The result is ``elsewhere`` if ``SCHEDULER`` is off, because ``flask worker`` then runs the jobs.
    """
    if not settings().scheduler:
        return "elsewhere"
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    silence = scheduler.silence(app)
    if silence is None:
        return "not started"
    return OK if silence < LONGEST_SILENCE else f"silent for {silence:.0f} s"


def outbox_states() -> dict[str, int]:
    """Return the number of outbox messages by state; a state without messages has the number 0."""
    statement = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    counts = dict(db.session.execute(statement).all())
    return {state.value: counts.get(state.value, 0) for state in State}
