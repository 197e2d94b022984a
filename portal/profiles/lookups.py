"""Looking somebody up. What the alumni office sees beyond other members is noted, and those it saw can read it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Row, and_, func, or_, select

from portal.audit.models import AuditEntry
from portal.audit.services import record_read
from portal.core.actor import Actor
from portal.core.errors import NotFound, Unauthenticated
from portal.extensions import db
from portal.profiles import queries
from portal.profiles.viewers import closely, is_office
from portal.profiles.visibility import Person, PersonCard

LOOKED_AT = "profiles.look_at"
LISTED = "profiles.list"
UNFOLDED_MAX = 50

NOT_SIGNED_IN = _("Sign in to continue.")


@dataclass(frozen=True, slots=True)
class Look:
    """The office saw all of somebody's profile: ``times`` on one day, on its own or among others in a list.

    ``by`` is ``None`` when whoever looked has left the portal since.
    """

    by: PersonCard | None
    in_list: bool
    last_at: datetime
    times: int


def look_up(actor: Actor, account_id: uuid.UUID) -> Person:
    """One person on a page of their own: all of them for the office, which is noted.

    Strangers get what is open to everybody. Raises ``NotFound``, for strangers ``Unauthenticated`` instead, so that
    they cannot tell who is there.
    """
    try:
        person = queries.find(closely(actor), account_id)
    except NotFound:
        if actor.is_authenticated:
            raise
        raise Unauthenticated("not_signed_in", NOT_SIGNED_IN) from None
    note_look(actor, account_id)
    return person


def note_look(actor: Actor, account_id: uuid.UUID) -> None:
    """Note that the office saw all of one person; oneself is no news."""
    if is_office(actor) and account_id != actor.account_id:
        record_read(actor, LOOKED_AT, target=("account", account_id))


def note_list(actor: Actor, account_ids: Iterable[uuid.UUID]) -> None:
    """Note that the office saw all of several people: one entry for each answer."""
    others = sorted({str(one) for one in account_ids if one != actor.account_id})
    if is_office(actor) and others:
        record_read(actor, LISTED, about=others)


def looks_at(actor: Actor) -> list[Look]:
    """Who of the office saw all of the caller's profile, by day, the latest first."""
    me = str(actor.id)
    about = or_(
        and_(AuditEntry.target_type == "account", AuditEntry.target_id == me, AuditEntry.action == LOOKED_AT),
        and_(AuditEntry.action == LISTED, AuditEntry.details.has_key("about"), AuditEntry.details["about"].has_key(me)),
    )
    last = func.max(AuditEntry.at).label("last_at")
    day = func.date_trunc("day", AuditEntry.at)
    statement: Any = select(AuditEntry.actor_id, AuditEntry.action, last, func.count().label("times"))
    by_day = statement.where(about).group_by(AuditEntry.actor_id, AuditEntry.action, day)
    rows = db.session.execute(by_day.order_by(last.desc()).limit(UNFOLDED_MAX)).all()
    doers = queries.cards(actor, filter(None, (row.actor_id for row in rows)))
    return [_look(row, doers) for row in rows]


def _look(row: Row[Any], doers: dict[uuid.UUID, PersonCard]) -> Look:
    return Look(doers.get(row.actor_id), row.action == LISTED, row.last_at, row.times)
