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
    """The stored values of settings, by name, and their version, read together by one statement."""

    version: str | None
    stored: Mapping[str, Any]

    def value(self, setting: Setting[Value]) -> Value:
        """Return the value of a setting in this snapshot: the stored one, else the default from the configuration."""
        if setting.name in self.stored:
            stored: Value = self.stored[setting.name]
            return stored
        return setting.default(settings())


def get(setting: Setting[Value]) -> Value:
    """Return the value of a setting that is in force: the stored one, else the default from the configuration.

    All values of one request come from one snapshot. Outside a request, each call reads the database.
    """
    return current().value(setting)


def get_all() -> dict[str, Any]:
    """Return the values of all declared settings by name: the stored one of each, else its default.

    The database is read anew, also within a request.
    """
    snapshot = read()
    return {name: snapshot.value(setting) for name, setting in manifest.registry().settings.items()}


def note_version(version: str | None) -> None:
    """Keep for this request the version of the stored settings that the query of the caller has read.

    While the process has cached the settings of this version, the request need not read them.
    """
    g.settings_version = version


def current() -> Snapshot:
    """Return the snapshot of the settings for this request.

    The first call in a request takes the cached one if its version is current, else reads the database; outside a
    request every call reads it.
    """
    if not has_request_context():
        return read()
    if "settings_snapshot" not in g:
        g.settings_snapshot = _cached() or _cache(read())
    snapshot: Snapshot = g.settings_snapshot
    return snapshot


def read() -> Snapshot:
    """Read the stored settings and their version from the database, and return them as a snapshot."""
    (row,) = _SNAPSHOT.rows()
    return Snapshot(row.version, row.stored or {})


def forget() -> None:
    """Discard the settings that this request has read, so that after a change the next use reads them again."""
    for name in ("settings_snapshot", "settings_version"):
        g.pop(name, None)
    current_app.extensions.pop("settings_snapshot", None)  # a second change in one transaction has the same version


def _cached() -> Snapshot | None:
    """Return the snapshot that this process has cached, or ``None`` if there is none of the noted version."""
    snapshot: Snapshot | None = current_app.extensions.get("settings_snapshot")
    is_current = snapshot is not None and "settings_version" in g and snapshot.version == g.settings_version
    return snapshot if is_current else None


def _cache(snapshot: Snapshot) -> Snapshot:
    # A snapshot of a transaction that is rolled back later is harmless: no other has its version.
    current_app.extensions["settings_snapshot"] = snapshot
    return snapshot
