"""Whether this process can do its work, asked of the parts themselves."""

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
    """``ok`` or what is wrong, for the database, its migrations, and the jobs of this process."""
    return {**database(), "jobs": jobs()}


def is_ready(found: dict[str, str]) -> bool:
    return all(state in {OK, "elsewhere"} for state in found.values())


def database() -> dict[str, str]:
    try:
        version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        current_app.logger.warning("the database does not answer", exc_info=True)
        return {"database": "does not answer", "migrations": "unknown"}
    return {"database": OK, "migrations": OK if version == head() else f"at {version}, this code wants {head()}"}


@cache
def head() -> str:
    """The newest migration of this code."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head() or ""


def jobs() -> str:
    """``elsewhere`` when SCHEDULER is off and ``flask worker`` does the work."""
    if not settings().scheduler:
        return "elsewhere"
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    silence = scheduler.silence(app)
    if silence is None:
        return "not started"
    return OK if silence < LONGEST_SILENCE else f"silent for {silence:.0f} s"


def outbox_states() -> dict[str, int]:
    """Number of messages in every state, empty ones included."""
    counted = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    found = dict(db.session.execute(counted).all())
    return {state.value: found.get(state.value, 0) for state in State}
