"""Every knob there is, its type and its default; a stored value wins in every process within five seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, overload

from flask import current_app
from pydantic import Field, StringConstraints, TypeAdapter
from sqlalchemy import event, select

from config import Settings
from portal.core.environment import settings
from portal.core.statements import Prepared
from portal.extensions import db
from portal.settings.models import StoredSetting

AUTO_APPROVE: Final = "events.auto_approve"
FRIENDS_ANY_ADDRESS: Final = "accounts.friends_any_address"
STAFF_SECOND_FACTOR: Final = "accounts.staff_second_factor"
FRESH_SECONDS = 3.0

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Colour = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")]


@dataclass(frozen=True, slots=True)
class Knob:
    """``default`` takes what the environment says."""

    key: str
    type: TypeAdapter[Any]
    default: Callable[[Settings], Any]


_STORED = Prepared(select(StoredSetting.__table__.c.key, StoredSetting.__table__.c.value))

KNOBS: dict[str, Knob] = {
    knob.key: knob
    for knob in (
        Knob(AUTO_APPROVE, TypeAdapter(bool), lambda environment: False),
        Knob(FRIENDS_ANY_ADDRESS, TypeAdapter(bool), lambda environment: True),
        Knob(STAFF_SECOND_FACTOR, TypeAdapter(bool), lambda environment: False),
        Knob("institution.name", TypeAdapter(Name), lambda environment: environment.institution_name),
        Knob("brand.color", TypeAdapter(Colour), lambda environment: environment.brand_color),
    )
}


@overload
def get(
    key: Literal["events.auto_approve", "accounts.friends_any_address", "accounts.staff_second_factor"],
) -> bool: ...
@overload
def get(key: Literal["institution.name", "brand.color"]) -> str: ...
def get(key: str) -> Any:
    """The value that counts, at most ``FRESH_SECONDS`` old; raises ``KeyError`` for a key that does not exist."""
    remembered = current_app.extensions.get("settings_cache")
    if remembered is None or remembered[0] < time.monotonic():
        remembered = (time.monotonic() + FRESH_SECONDS, fresh())
        current_app.extensions["settings_cache"] = remembered
    return remembered[1][key]


def fresh() -> dict[str, Any]:
    """Every knob's value as the database has it now, for the page that turns them."""
    stored: dict[str, Any] = dict(_STORED.rows())
    environment = settings()
    return {key: stored[key] if key in stored else knob.default(environment) for key, knob in KNOBS.items()}


def forget_after_commit() -> None:
    """Drop what this process remembers whenever the running transaction (or a savepoint of it) commits."""
    extensions = current_app.extensions
    event.listen(db.session(), "after_commit", lambda _: extensions.pop("settings_cache", None))
