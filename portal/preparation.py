"""What a database needs before the first request: tables, built-in groups, cities, an administrator, the demo."""

from __future__ import annotations

import logging
import os
import signal
import sys

import flask_migrate
from flask import Flask
from sqlalchemy import text

from portal import preflight, processes
from portal.core.unit_of_work import unit_of_work
from portal.extensions import db
from portal.permissions.services import sync_built_in_groups

ONE_AT_A_TIME = 5_318_008_114  # key of the advisory lock under which processes prepare in turn


def in_child(app: Flask) -> int:
    """Prepare in a forked process that ends, with all the memory it needed; its exit status."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        if processes.ON_LINUX:
            processes.die_with_parent(signal.SIGTERM, parent)()
        os._exit(report(app))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def report(app: Flask) -> int:
    """Prepare; what is wrong with the database becomes a sentence on standard error and status 2."""
    try:
        run(app)
    except preflight.PreflightError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except Exception:
        logging.getLogger(__name__).exception("The database could not be prepared")
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def run(app: Flask) -> None:
    """Bring the database up to what this code expects; repeating it changes nothing."""
    preflight.check(app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context(), db.engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        guard.commit()
        flask_migrate.upgrade()
        with unit_of_work():
            sync_built_in_groups()
