"""The health checks of this process: the database, its migrations and the jobs."""

from __future__ import annotations

from functools import cache

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from portal.core.environment import settings
from portal.extensions import db
from portal.outbox.models import OutboxMessage, State
from portal.runtime import scheduler

LONGEST_SILENCE = 60.0
OK = "ok"


def report() -> dict[str, str]:
    """Return for ``database``, ``migrations`` and ``jobs`` either ``ok`` or what is wrong."""
    return {**database(), "jobs": jobs()}


def is_ready(results: dict[str, str]) -> bool:
    """Return whether no check of a report has failed."""
    return all(result in {OK, "elsewhere"} for result in results.values())


def database() -> dict[str, str]:
    """Check that the database answers and has the newest migration of this code."""
    try:
        version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        current_app.logger.warning("the database does not answer", exc_info=True)
        return {"database": "does not answer", "migrations": "unknown"}
    return {"database": OK, "migrations": OK if version == head() else f"at {version}, this code wants {head()}"}


@cache
def head() -> str:
    """Return the newest migration of this code."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head() or ""


def jobs() -> str:
    """Check the heartbeat of the jobs; ``elsewhere`` when ``SCHEDULER`` is off and ``flask worker`` runs them."""
    if not settings().scheduler:
        return "elsewhere"
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    silence = scheduler.silence(app)
    if silence is None:
        return "not started"
    return OK if silence < LONGEST_SILENCE else f"silent for {silence:.0f} s"


def outbox_states() -> dict[str, int]:
    """Return the number of messages in every state, those without a message included."""
    statement = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    counts = dict(db.session.execute(statement).all())
    return {state.value: counts.get(state.value, 0) for state in State}
