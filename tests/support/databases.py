"""Template databases and their clones; a clone takes a fraction of the time that its template took."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import flask_migrate
import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session, scoped_session

from config import ROOT, Environment, Settings
from portal import create_app
from portal.application import PortalFlask
from portal.core.db.base import Base
from portal.extensions import db

CLONE_LOCK = 7_460_001
KEPT = {"permission_groups", "permission_grants", "content_versions"}
WRITTEN_BY_TRIGGERS = {"city_counters"}
MIGRATIONS = ("migrations/versions/*.py",)
CITIES = ("portal/cities/*.py", "portal/cities/data/*", "requirements.txt")


def server_url() -> str:
    return os.environ["TEST_DATABASE_URL"]


def url_of(name: str) -> str:
    return make_url(server_url()).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def settings_for(name: str, instance: Path, **overrides: Any) -> Settings:
    return Settings(environment=Environment.TEST, database_url=url_of(name), instance_dir=instance, **overrides)


def migrated() -> str:
    """Return the template with all tables and no rows."""
    return make_once(f"portal_template_{digest(MIGRATIONS)}", None, migrate)


def with_cities() -> str:
    """Return the template that holds the cities of the world too."""
    template = migrated()
    return make_once(f"{template}_{digest(CITIES)}", template, load_cities)


def digest(patterns: Iterable[str], more: str = "") -> str:
    """Return a hash of the files' contents; in the name of a template it keeps a stale one from being cloned."""
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())
    content = b"".join(path.read_bytes() for path in files) + more.encode()
    return hashlib.sha256(content).hexdigest()[:10]


def make_once(name: str, template: str | None, fill: Callable[[str], None]) -> str:
    """Return the database ``name``; the first process to call this clones and fills it, all others wait."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            clone(f"{name}_new", template or "template1")
            fill(f"{name}_new")
            connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def clone(name: str, template: str) -> None:
    """Make the database ``name`` from another one that nobody is connected to."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [CLONE_LOCK])
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def drop(name: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def cloned(name: str, template: str) -> Iterator[str]:
    """Yield the name of a clone of ``template`` that only this process uses, and drop it afterwards."""
    own = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
    clone(own, template)
    try:
        yield own
    finally:
        drop(own)


def migrate(name: str) -> None:
    with application(name) as app, app.app_context():
        flask_migrate.upgrade()


def load_cities(name: str) -> None:
    """Load the cities by the command itself, so that this is its test too."""
    with application(name) as app:
        result = app.test_cli_runner().invoke(args=["load-cities"])
    assert re.fullmatch(r"Loaded 33\d{3} cities[.]\n", result.output), result.output


@contextmanager
def application(name: str) -> Iterator[PortalFlask]:
    """Yield an application on the database ``name``; no connection stays open afterwards."""
    with TemporaryDirectory() as instance:
        app = create_app(settings_for(name, Path(instance)))
        yield app
        with app.app_context():
            db.engine.dispose()


def empty(session: Session | scoped_session[Any]) -> None:
    """Delete all rows that tests write: one SELECT and a few deletions take less time than a truncation."""
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in KEPT | WRITTEN_BY_TRIGGERS]
    filled = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    written = session.scalars(text(" UNION ALL ".join(filled))).all()
    for name in (*reversed([table for table in tables if table in written]), *WRITTEN_BY_TRIGGERS):
        session.execute(text(f"DELETE FROM {name}"))
