"""Migrations lead from nothing to exactly the tables that the models declare."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, String, Table

from config import ROOT
from portal.application import PortalFlask
from portal.core.db.base import Base
from portal.extensions import db


def differences(metadata: MetaData) -> list[str]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


@pytest.mark.whole_portal
def test_the_migrated_database_equals_the_models(committed: PortalFlask) -> None:
    with committed.app_context():
        assert differences(Base.metadata) == []


@pytest.mark.whole_portal
def test_a_missing_column_is_found(committed: PortalFlask) -> None:
    sample = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(sample)
    Table("settings", sample, Column("forgotten", String(10)), extend_existing=True)
    with committed.app_context():
        assert len(differences(sample)) == 1


def test_text_in_any_script_is_folded(committed: PortalFlask) -> None:
    """A database with C's rules would find no Cyrillic."""
    with committed.app_context():
        assert db.session.scalar(sa.text("SELECT lower('ИННОПОЛИС')")) == "иннополис"
