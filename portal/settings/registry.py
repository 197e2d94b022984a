"""Every setting that the office can change, its type and its default, and the values in force.

A stored value wins over the environment, in every process on the very next request: what a process remembers counts
only while its version is the one that the statement recognising the caller has read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, overload

from flask import current_app, g, has_request_context
from pydantic import Field, StringConstraints, TypeAdapter
from sqlalchemy import ScalarSelect, Text, func, literal_column, select

from config import Settings
from portal.core.db.raw_queries import RawQuery
from portal.core.environment import settings
from portal.settings.models import StoredSetting

AUTO_APPROVE: Final = "events.auto_approve"
FRIENDS_ANY_ADDRESS: Final = "accounts.friends_any_address"
STAFF_SECOND_FACTOR: Final = "accounts.staff_second_factor"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Colour = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, the type of its value, and its default, taken from the environment's settings."""

    key: str
    type: TypeAdapter[Any]
    default: Callable[[Settings], Any]


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(AUTO_APPROVE, TypeAdapter(bool), lambda environment: False),
        Setting(FRIENDS_ANY_ADDRESS, TypeAdapter(bool), lambda environment: True),
        Setting(STAFF_SECOND_FACTOR, TypeAdapter(bool), lambda environment: False),
        Setting("institution.name", TypeAdapter(Name), lambda environment: environment.institution_name),
        Setting("brand.color", TypeAdapter(Colour), lambda environment: environment.brand_color),
    )
}

_stored = StoredSetting.__table__.c

VERSION: ScalarSelect[str | None] = (
    select(literal_column("string_agg(settings.key || '=' || settings.xmin, ',' ORDER BY settings.key)", Text))
    .select_from(StoredSetting.__table__)
    .scalar_subquery()
)
"""The version of all stored settings, a column for the statement that recognises a caller.

Made of each row's ``xmin``, the transaction that wrote it: every committed change gives another version, whoever makes
it and in whatever order parallel writers commit. ``None`` while nothing is stored.
"""

_SNAPSHOT = RawQuery(
    select(
        VERSION.label("version"),
        select(func.jsonb_object_agg(_stored.key, _stored.value)).scalar_subquery().label("stored"),
    )
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stored values, by key, and their version; both read by one statement."""

    version: str | None
    stored: Mapping[str, Any]

    def value(self, key: str) -> Any:
        """Return the value in force: the stored one, else the environment's; raise ``KeyError`` for an unknown key."""
        setting = SETTINGS[key]
        return self.stored[key] if key in self.stored else setting.default(settings())


@overload
def get(
    key: Literal["events.auto_approve", "accounts.friends_any_address", "accounts.staff_second_factor"],
) -> bool: ...
@overload
def get(key: Literal["institution.name", "brand.color"]) -> str: ...
def get(key: str) -> Any:
    """Return the value of a setting that is in force for this request; raise ``KeyError`` for an unknown key.

    All values of one request come from one snapshot. Outside a request, each call reads the database.
    """
    return current().value(key)


def get_all() -> dict[str, Any]:
    """Return every setting's value, by key, as the database has it now."""
    snapshot = read()
    return {key: snapshot.value(key) for key in SETTINGS}


def note_version(version: str | None) -> None:
    """Note the version that the statement recognising the caller has read, so that this request need not read it."""
    g.settings_version = version


def current() -> Snapshot:
    """Return the snapshot of this request; outside a request, one just read."""
    if not has_request_context():
        return read()
    if "settings_snapshot" not in g:
        g.settings_snapshot = _remembered() or _remember(read())
    snapshot: Snapshot = g.settings_snapshot
    return snapshot


def read() -> Snapshot:
    """Read version and values from the database, in the running unit of work."""
    (row,) = _SNAPSHOT.rows()
    return Snapshot(row.version, row.stored or {})


def forget() -> None:
    """Have the rest of this request read the settings again, after it has changed one."""
    for name in ("settings_snapshot", "settings_version"):
        g.pop(name, None)


def _remembered() -> Snapshot | None:
    """What this process read last, if the caller's statement has found the version unchanged."""
    snapshot: Snapshot | None = current_app.extensions.get("settings_snapshot")
    is_current = snapshot is not None and "settings_version" in g and snapshot.version == g.settings_version
    return snapshot if is_current else None


def _remember(snapshot: Snapshot) -> Snapshot:
    # A snapshot of a transaction that is rolled back later is harmless: no other has its version.
    current_app.extensions["settings_snapshot"] = snapshot
    return snapshot
