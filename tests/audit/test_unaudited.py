"""The check that every request of the suite leaves an audit entry finds what it should."""

from __future__ import annotations

import pytest

from portal.audit.exemptions import EXEMPT
from portal.core.db.base import Base
from tests.support.unaudited import unaudited, written_tables

APPROVE = "UPDATE events SET approval='approved' WHERE id = 1"


def test_a_change_without_an_entry_is_found() -> None:
    assert unaudited(["SELECT 1", APPROVE]) == {"events.approval"}


def test_a_change_with_an_entry_is_accepted() -> None:
    assert unaudited([APPROVE, "INSERT INTO audit_entries (id) VALUES (1)"]) == set()


def test_an_exempt_table_needs_no_entry() -> None:
    assert unaudited(["UPDATE sessions SET last_used_at=now()"]) == set()
    assert unaudited(["UPDATE sessions SET ended_at=now()"]) == {"sessions.ended_at"}


def test_writes_inside_a_larger_statement_count() -> None:
    assert written_tables("WITH added AS (INSERT INTO outbox_messages (id) VALUES (1)) SELECT 1") == {"outbox_messages"}


def test_locks_and_upserts_are_no_tables() -> None:
    assert written_tables("SELECT 1 FOR UPDATE SKIP LOCKED") == set()
    assert written_tables("INSERT INTO settings (key) VALUES (1) ON CONFLICT DO UPDATE SET value = 1") == {"settings"}


@pytest.mark.whole_portal
def test_the_list_names_what_exists() -> None:
    known = set(Base.metadata.tables)
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns}
    assert set(EXEMPT) <= known | columns
