"""Preparation of the database before the first request: migrations, then the setup steps of the features."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import flask_migrate
from flask import Flask
from sqlalchemy import Engine, text

from portal.core.db.connections import without_time_limits
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import DomainError
from portal.core.manifest import ManifestError, registry
from portal.extensions import db
from portal.runtime import preflight

SETUP_LOCK = 7_202_601  # key of the advisory lock


def report(app: Flask) -> int:
    """Prepare the database, as ``run`` does, and return an exit status: 0, 1 or 2.

    A database that cannot be used, and a first administrator that is not valid, become a sentence on standard error and
    status 2; any other error is logged and becomes status 1.
    """
    try:
        run(app)
    except (preflight.PreflightError, ManifestError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except DomainError as refusal:
        with app.app_context():
            sys.stderr.write(f"ADMIN_EMAIL and ADMIN_PASSWORD: {refusal.message}\n")
        return 2
    except Exception:
        logging.getLogger(__name__).exception("The database could not be prepared")
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def run(app: Flask) -> None:
    """Migrate the database and run the setup steps of the features; repeating it changes nothing.

    If several processes call it, they run one after another. Raise ``PreflightError`` if the portal cannot run on the
    database, and ``DomainError`` for a first administrator that is not valid.
    """
    preflight.check(app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context(), exclusive_setup(db.engine):
        flask_migrate.upgrade()
        for step in registry().setup_steps():
            with unit_of_work():
                step(app.config["PORTAL"])


@contextmanager
def exclusive_setup(engine: Engine) -> Iterator[None]:
    """Hold the lock of the database setup in a ``with`` block, waiting for another process that holds it.

    New connections of ``engine`` have no time limits for statements meanwhile; those in its pool are closed before and
    after.
    """
    engine.dispose()
    try:
        with without_time_limits(), engine.connect() as guard:
            guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": SETUP_LOCK})
            yield
    finally:
        engine.dispose()
