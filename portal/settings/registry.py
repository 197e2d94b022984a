"""The values of settings that are in force.

A stored value overrides the environment, in every process from the next request on: what a process has cached is used
only while its version equals the one that the query of the caller has read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, has_request_context
from sqlalchemy import ScalarSelect, Text, func, literal_column, select

from portal.core import manifest
from portal.core.db.raw_queries import RawQuery
from portal.core.environment import settings
from portal.settings.definitions import Setting, Value
from portal.settings.models import StoredSetting

_stored = StoredSetting.__table__.c

VERSION: ScalarSelect[str | None] = (
    select(literal_column("string_agg(settings.key || '=' || settings.xmin, ',' ORDER BY settings.key)", Text))
    .select_from(StoredSetting.__table__)
    .scalar_subquery()
)
"""The version of all stored settings, a column for the query that recognises a caller.

It is composed of each row's ``xmin``, the transaction that wrote it: every committed change results in another version,
in whatever order parallel transactions commit. ``None`` while nothing is stored.
"""

_SNAPSHOT = RawQuery(
    select(
        VERSION.label("version"),
        select(func.jsonb_object_agg(_stored.key, _stored.value)).scalar_subquery().label("stored"),
    )
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stored values, by name of the setting, and their version; both are read by one statement."""

    version: str | None
    stored: Mapping[str, Any]

    def value(self, setting: Setting[Value]) -> Value:
        """Return the value in force: the stored one, else the environment's."""
        if setting.name in self.stored:
            stored: Value = self.stored[setting.name]
            return stored
        return setting.default(settings())


def get(setting: Setting[Value]) -> Value:
    """Return the value of a setting that is in force for this request.

    All values of one request come from one snapshot. Outside a request, each call reads the database.
    """
    return current().value(setting)


def get_all() -> dict[str, Any]:
    """Return the value of every setting of the running application, by name, as the database has it now."""
    snapshot = read()
    return {name: snapshot.value(setting) for name, setting in manifest.registry().settings.items()}


def note_version(version: str | None) -> None:
    """Store the version that the query of the caller has read, so that this request need not read it."""
    g.settings_version = version


def current() -> Snapshot:
    """Return the snapshot of this request; outside a request, one just read."""
    if not has_request_context():
        return read()
    if "settings_snapshot" not in g:
        g.settings_snapshot = _cached() or _cache(read())
    snapshot: Snapshot = g.settings_snapshot
    return snapshot


def read() -> Snapshot:
    """Read version and values from the database, in the running unit of work."""
    (row,) = _SNAPSHOT.rows()
    return Snapshot(row.version, row.stored or {})


def forget() -> None:
    """Discard the snapshot of this request after it has changed a setting, so that the settings are read again."""
    for name in ("settings_snapshot", "settings_version"):
        g.pop(name, None)


def _cached() -> Snapshot | None:
    """Return what this process has cached, if the query of the caller has found the version unchanged."""
    snapshot: Snapshot | None = current_app.extensions.get("settings_snapshot")
    is_current = snapshot is not None and "settings_version" in g and snapshot.version == g.settings_version
    return snapshot if is_current else None


def _cache(snapshot: Snapshot) -> Snapshot:
    # A snapshot of a transaction that is rolled back later is harmless: no other has its version.
    current_app.extensions["settings_snapshot"] = snapshot
    return snapshot
