"""A migrated template database, cloned for each worker: a clone takes a fraction of a migration."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import flask_migrate
import psycopg
from sqlalchemy import make_url

from config import ROOT, Environment, Settings
from portal import create_app
from portal.application import PortalFlask

CLONE_LOCK = 7_460_001


def server_url() -> str:
    return os.environ["TEST_DATABASE_URL"]


def url_of(name: str) -> str:
    return make_url(server_url()).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def template_name() -> str:
    """Changes with the migrations, so that a stale template is never cloned."""
    migrations = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    content = b"".join(path.read_bytes() for path in migrations)
    return f"portal_template_{hashlib.sha256(content).hexdigest()[:12]}"


def settings_for(name: str, instance: Path, **overrides: object) -> Settings:
    return Settings(  # type: ignore[call-arg]  # pydantic fills the rest from defaults
        environment=Environment.TEST, database_url=url_of(name), instance_dir=instance, **overrides
    )


def clone(name: str, instance: Path) -> None:
    """Make the database ``name`` from the template, migrating the template first if it is not there."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [CLONE_LOCK])
        template = template_name()
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            connection.execute(f"CREATE DATABASE {template}_new")
            migrate(create_app(settings_for(f"{template}_new", instance)))
            connection.execute(f"ALTER DATABASE {template}_new RENAME TO {template}")
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def drop(name: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def migrate(app: PortalFlask) -> None:
    from portal.extensions import db

    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def copy(template: str, name: str) -> None:
    """Make the database ``name`` from another one that nobody is connected to."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [CLONE_LOCK])
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
