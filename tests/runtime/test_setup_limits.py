"""The preparation of the database: it has no time limits, and whoever comes after it has them again."""

from __future__ import annotations

import sqlalchemy as sa

from portal.application import PortalFlask
from portal.extensions import db
from portal.runtime.bootstrap import exclusive_setup

LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def limits(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(connection.scalar(sa.text(f"SHOW {name}"))) for name in LIMITS]


def test_only_the_preparation_is_without_time_limits(committed: PortalFlask) -> None:
    with committed.app_context():
        with exclusive_setup(db.engine):
            assert limits(db.engine) == ["0", "0", "0"]
        assert limits(db.engine) == ["15s", "5s", "30s"]
