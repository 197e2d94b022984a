"""Alembic's entry: the application gives the engine and every table."""

from __future__ import annotations

from alembic import context
from flask import current_app

from portal.core.db.base import Base
from portal.core.db.unit_of_work import writing_engine

engine = writing_engine(current_app.extensions["migrate"].db.engine)

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
